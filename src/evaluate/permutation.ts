import type { Random } from '../base/index.ts';

/** Every order of 0 to rows - 1 is equally likely (Fisher and Yates). */
export function permutation(rows: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: rows }, (_, i) => i);
  for (let i = rows - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const moved = order[i]!;
    order[i] = order[j]!;
    order[j] = moved;
  }
  return order;
}
