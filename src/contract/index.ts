export type * from './contract.ts';
export type { ContractFailure } from './failures.ts';
export { engineTypes, readLexical, sqlFromText, sqlFromTyped } from './lexical.ts';
export { readContract } from './read-contract.ts';
export type * from './verdict.ts';
