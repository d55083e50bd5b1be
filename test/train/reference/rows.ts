import { readFileSync } from 'node:fs';

/** What `make.py` wrote. */
export interface Reference {
  readonly small: {
    readonly logistic: readonly {
      readonly task: 'binary' | 'several';
      readonly l2: number;
      readonly weighted: boolean;
      readonly probabilities: readonly number[];
    }[];
    readonly ridge: readonly {
      readonly l2: number;
      readonly weighted: boolean;
      readonly values: readonly number[];
    }[];
  };
  readonly exact: Readonly<
    Record<
      'tree' | 'treeWeighted' | 'boosted' | 'boostedLeaves' | 'boostedGaps' | 'boostedClasses',
      readonly number[]
    >
  >;
  readonly quality: Readonly<
    Record<string, { readonly auc: number; readonly logLoss: number; readonly rmse: number }>
  >;
}

export function readReference(): Reference {
  return JSON.parse(readFileSync(new URL('./scikit-learn.json', import.meta.url), 'utf8')) as Reference;
}

/** mulberry32, as in `make.py`: the same doubles. */
class Draws {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  uniform(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 4294967296;
  }

  bell(): number {
    return this.uniform() + this.uniform() + this.uniform() + this.uniform() - 2;
  }
}

export interface Rows {
  readonly columns: Float64Array[];
  readonly noise: Float64Array;
}

export function makeRows(seed: number, rows: number, width: number, steps: number): Rows {
  const draws = new Draws(seed);
  const columns = Array.from({ length: width }, () => new Float64Array(rows));
  const noise = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    for (const column of columns) {
      const value = draws.bell();
      column[i] = steps > 0 ? Math.floor(value * steps) / steps : value;
    }
    noise[i] = draws.bell();
  }
  return { columns, noise };
}

const effects = [2, -1, 0, 1, -2, 3, 0, -3, 1, 0, -1, 2];

/** Eight numbers, a category of 12, gaps in the first column that mean something, and noise. */
export function qualityRows(seed: number, rows: number): { columns: Float64Array[]; target: Float64Array } {
  const draws = new Draws(seed);
  const columns = Array.from({ length: 9 }, () => new Float64Array(rows));
  const target = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const x = Array.from({ length: 8 }, () => draws.bell());
    const category = Math.floor(draws.uniform() * 12);
    const noise = draws.bell();
    let value = x[0]! * x[1]! * 2 + x[2]! * x[2]! - x[3]! + (x[4]! > 0.3 ? 1 : 0);
    value = value + effects[category]! * 0.5 + noise;
    if (draws.uniform() < 0.2) {
      x[0] = Number.NaN;
      value = value + 1;
    }
    x.forEach((number, j) => {
      columns[j]![i] = number;
    });
    columns[8]![i] = category;
    target[i] = value;
  }
  return { columns, target };
}
