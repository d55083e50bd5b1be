import type { Compared } from './compared.ts';

/**
 * What made the model of each run, in the fewest words that tell them apart: the values of its step's matrix
 * (`random-forest`), or the ids of steps where those would be the same or are none. Empty when one step made all of them.
 */
export function differingEstimators(runs: readonly Compared[]): ReadonlyMap<Compared, string> {
  const made = runs.filter(({ model }) => model !== undefined);
  const steps = new Set(made.map(({ model }) => model!.step));
  if (steps.size < 2) return new Map();
  const words = new Map(made.map((run) => [run.model!.step, matrixWords(run)]));
  const isClear =
    [...words.values()].every((text) => text !== '') && new Set(words.values()).size === steps.size;
  return new Map(made.map((run) => [run, isClear ? words.get(run.model!.step)! : run.model!.step]));
}

function matrixWords({ record, model }: Compared): string {
  const matrix = record.steps.find(({ id }) => id === model?.step)?.matrix ?? {};
  return Object.values(matrix).map(String).join(' ');
}
