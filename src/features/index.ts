export type * from './feature.ts';
export type * from './matrix.ts';
