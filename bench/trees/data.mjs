import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../dist/base/index.js';

/**
 * Rows of 30 independent normal columns and a class that depends on products, waves, thresholds and noise. One stream
 * of one seed: the same numbers on every machine.
 */
export function makeTask({ rows, columns = 30, seed }) {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const x = Array.from({ length: columns }, () => Float64Array.from({ length: rows }, normal));
  const y = Int32Array.from({ length: rows }, (_, i) => {
    const at = (j) => x[j][i];
    const score =
      at(0) * at(1) +
      Math.sin(3 * at(2)) +
      0.5 * at(3) +
      (at(4) > 0 ? at(5) : -at(6)) +
      0.3 * (at(7) * at(7) - 1) +
      normal();
    return score > 0 ? 1 : 0;
  });
  return { rows, columns: x, labels: y };
}

/** Writes a task as raw little-endian numbers, columns first, for the peer. */
export function writeTask(folder, name, task) {
  for (const [j, column] of task.columns.entries()) {
    writeFileSync(join(folder, `${name}-${j}.f64`), new Uint8Array(column.buffer));
  }
  writeFileSync(join(folder, `${name}-y.i32`), new Uint8Array(task.labels.buffer));
}

/** Area under the ROC curve of scores, ties counted as halves. */
export function rocAuc(scores, labels) {
  const order = [...scores.keys()].sort((a, b) => scores[a] - scores[b]);
  let positives = 0;
  let rankSum = 0;
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && scores[order[to]] === scores[order[from]]) to++;
    for (let k = from; k < to; k++) {
      if (labels[order[k]] === 1) {
        positives++;
        rankSum += (from + 1 + to) / 2;
      }
    }
    from = to;
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (order.length - positives));
}
