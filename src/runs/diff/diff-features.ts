import type { FeatureDeclaration } from '../../features/index.ts';

/** What becomes of a column, in words; a side that does not use it has no member. */
export interface FeatureDiff {
  readonly column: string;
  readonly base?: string;
  readonly head?: string;
}

/** Columns that two pipelines make other features of. */
export function diffFeatures(
  base: readonly FeatureDeclaration[],
  head: readonly FeatureDeclaration[],
): readonly FeatureDiff[] {
  const [before, after] = [wordsByColumn(base), wordsByColumn(head)];
  return [...new Set([...after.keys(), ...before.keys()])].flatMap((column) => {
    const [old, now] = [before.get(column), after.get(column)];
    if (old === now) return [];
    return {
      column,
      ...(old === undefined ? {} : { base: old }),
      ...(now === undefined ? {} : { head: now }),
    };
  });
}

function wordsByColumn(declarations: readonly FeatureDeclaration[]): ReadonlyMap<string, string> {
  const words = new Map<string, string>();
  for (const { columns, ...rest } of declarations) {
    for (const column of columns) {
      const word = Object.entries(rest)
        .map(([key, value]) => (value === true ? key : `${key} ${String(value)}`))
        .sort()
        .join(', ');
      const known = words.get(column);
      words.set(
        column,
        [known, word === '' ? 'as it is' : word].filter((each) => each !== undefined).join('; '),
      );
    }
  }
  return words;
}
