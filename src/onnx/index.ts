export type * from './graph.ts';
export type * from './model.ts';
