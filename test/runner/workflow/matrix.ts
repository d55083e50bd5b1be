import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../forge.ts';

export type Combination = Readonly<Record<string, unknown>>;

/**
 * The combinations of an evaluated `matrix`. `exclude` is applied first; an entry of `include` joins every combination
 * whose original values it does not change, and stands alone when it joins none.
 * https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations
 */
export function combinationsOf(matrix: Json): readonly Combination[] {
  const { include, exclude, ...vectors } = matrix;
  for (const [name, values] of Object.entries(vectors)) {
    if (!Array.isArray(values)) throw new Error(`Matrix vector '${name}' is not a list`);
    if (values.length === 0) throw new Error(`Matrix vector '${name}' does not contain any values`);
  }
  let originals: Combination[] = Object.keys(vectors).length === 0 ? [] : [{}];
  for (const [name, values] of Object.entries(vectors)) {
    originals = originals.flatMap((one) => (values as unknown[]).map((value) => ({ ...one, [name]: value })));
  }
  const excluded = (exclude ?? []) as Json[];
  originals = originals.filter((one) => !excluded.some((partial) => holds(one, partial)));
  const joined: Record<string, unknown>[] = originals.map((one) => ({ ...one }));
  const alone: Combination[] = [];
  for (const entry of (include ?? []) as Json[]) {
    let joins = false;
    for (const [i, original] of originals.entries()) {
      const changes = Object.keys(entry).some(
        (key) => key in original && !isDeepStrictEqual(original[key], entry[key]),
      );
      if (changes) continue;
      Object.assign(joined[i]!, entry);
      joins = true;
    }
    if (!joins) alone.push(entry);
  }
  const combinations = [...joined, ...alone];
  if (combinations.length > 256)
    throw new Error(`the matrix has ${combinations.length} jobs, 256 are allowed`);
  if (combinations.length === 0) throw new Error('Matrix must define at least one vector');
  return combinations;
}

function holds(combination: Combination, partial: Json): boolean {
  return Object.entries(partial).every(([key, value]) => isDeepStrictEqual(combination[key], value));
}

/** `id (a, b)`: what GitHub calls a job that gives itself no name. */
export function matrixName(id: string, combination: Combination | undefined): string {
  if (combination === undefined) return id;
  const values = Object.values(combination).flatMap(scalars).join(', ');
  return `${id} (${values})`;
}

function scalars(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(scalars);
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(scalars);
  return [String(value)];
}
