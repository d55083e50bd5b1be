export type * from './evaluation.ts';
export type * from './gate.ts';
