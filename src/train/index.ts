export type * from './estimator.ts';
export type * from './failures.ts';
