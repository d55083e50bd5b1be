export type { StoreFailure } from './failures.ts';
export type { ListOptions, ObjectFacts, ObjectPage, Objects, StoredObject } from './objects.ts';
export type { StoreWorld } from './open.ts';
export { openStore } from './open.ts';
export type { ObjectsWorld } from './open-objects.ts';
export { openObjects } from './open-objects.ts';
export type { Blob, Store } from './store.ts';
export type { StorePlace } from './store-url.ts';
export { readStoreUrl } from './store-url.ts';
