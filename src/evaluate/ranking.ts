/**
 * Rows in falling order of a score, with ties in groups: sorted once, so that the area under a curve of every
 * resample is one walk over the rows.
 */
export interface Ranking {
  /** Row indices, highest score first. */
  readonly order: Int32Array;
  /** 1 where the row at this place of `order` is positive. */
  readonly positive: Uint8Array;
  /** Places of `order` after which a group of equal scores ends, in rising order; the last is the number of rows. */
  readonly ends: Int32Array;
  /** The score of each group. */
  readonly scores: Float64Array;
}

export function rank(scores: Float64Array, isPositive: (row: number) => boolean): Ranking {
  const rows = scores.length;
  const order = new Int32Array(rows);
  for (let i = 0; i < rows; i++) order[i] = i;
  order.sort((a, b) => scores[b]! - scores[a]!);
  const positive = new Uint8Array(rows);
  const ends: number[] = [];
  const distinct: number[] = [];
  for (let i = 0; i < rows; i++) {
    positive[i] = isPositive(order[i]!) ? 1 : 0;
    if (i + 1 === rows || scores[order[i]!] !== scores[order[i + 1]!]) {
      ends.push(i + 1);
      distinct.push(scores[order[i]!]!);
    }
  }
  return { order, positive, ends: Int32Array.from(ends), scores: Float64Array.from(distinct) };
}

/**
 * Area under the ROC curve and average precision when row i counts `counts[i]` times.
 * NaN where one is not defined: the area without positives or negatives, the average precision without positives.
 */
export function areas(ranking: Ranking, counts: Uint32Array): { rocAuc: number; averagePrecision: number } {
  const { order, positive, ends } = ranking;
  let truePositives = 0;
  let falsePositives = 0;
  let area = 0;
  let precisions = 0;
  let start = 0;
  for (const end of ends) {
    let positives = 0;
    let negatives = 0;
    for (let i = start; i < end; i++) {
      const count = counts[order[i]!]!;
      if (positive[i] === 1) positives += count;
      else negatives += count;
    }
    area += negatives * (truePositives + positives / 2);
    truePositives += positives;
    falsePositives += negatives;
    if (positives > 0) precisions += (positives * truePositives) / (truePositives + falsePositives);
    start = end;
  }
  return {
    rocAuc: area / (truePositives * falsePositives),
    averagePrecision: precisions / truePositives,
  };
}
