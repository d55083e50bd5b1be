export type { StoreFailure } from './failures.ts';
export { openStore } from './open.ts';
export type { Blob, Store } from './store.ts';
