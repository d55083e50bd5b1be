export type { StoreFailure } from './failures.ts';
export type { ListOptions, ObjectPage, Objects, StoredObject } from './objects.ts';
export { openStore } from './open.ts';
export type { ObjectsWorld } from './open-objects.ts';
export { openObjects } from './open-objects.ts';
export type { Blob, Store } from './store.ts';
