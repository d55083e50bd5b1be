import { withBase } from 'vitepress';
import type { RunName } from './addresses.ts';
import { addressOf, writeRunNames } from './addresses.ts';

export type { RunName } from './addresses.ts';

export function runLink({ pipeline, id }: RunName): string {
  return withBase(addressOf('run', { id, pipeline }));
}

/** Of 2 to 10 runs; the first is what the others are compared with. */
export function compareLink(runs: readonly RunName[]): string {
  return withBase(addressOf('compare', { runs: writeRunNames(runs) }));
}

export function modelLink(name: string): string {
  return withBase(addressOf('model', { name }));
}

export function datasetLink(pipeline: string, name: string): string {
  return withBase(addressOf('dataset', { pipeline, name }));
}
