export type * from './contract.ts';
export type * from './verdict.ts';
