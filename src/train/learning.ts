/** How a loss fell while a model was learned. */
export interface Learning {
  /** What one step is: `round`, `iteration`, `epoch`, `tree`. */
  readonly unit: string;
  readonly series: readonly LearningSeries[];
}

export interface LearningSeries {
  /** `training log_loss`, `validation log_loss`, `out-of-bag error`. */
  readonly name: string;
  /** Ascending; 0 is the state before the first step. */
  readonly steps: readonly number[];
  /** Finite; as many as there are steps. */
  readonly values: readonly number[];
}

/** A curve with more points says nothing more. */
export const learningPoints = 500;

/** How many steps apart points are to be taken so that `total` steps give at most `learningPoints`. */
export function stepsApart(total: number): number {
  return Math.max(1, Math.ceil(total / (learningPoints - 2)));
}

/** A series of points, of which those without a finite value are left out, and of many every so-manieth and the last. */
export function learningSeries(
  name: string,
  points: readonly (readonly [step: number, value: number])[],
): LearningSeries {
  const finite = points.filter(([, value]) => Number.isFinite(value));
  const apart = finite.length <= learningPoints ? 1 : stepsApart(finite.length);
  const kept = finite.filter((_, i) => i % apart === 0 || i === finite.length - 1);
  return { name, steps: kept.map(([step]) => step), values: kept.map(([, value]) => value) };
}
