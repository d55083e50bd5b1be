export type * from './cache.ts';
export type * from './events.ts';
export type * from './file.ts';
export type * from './outcome.ts';
export type * from './plan.ts';
