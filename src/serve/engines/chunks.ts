import type { Result } from '../../base/index.ts';
import { success } from '../../base/index.ts';
import type { Prediction } from '../../onnx/index.ts';
import type { RowBlock } from '../../servable/index.ts';
import type { Answered } from '../engine.ts';
import type { ServeFailure } from '../failures.ts';

export interface ChunkOptions {
  /** Of a chunk, at most. */
  readonly rows: number;
  /** Chunks of this block that are under way at the same time. */
  readonly atOnce: number;
  readonly infer: (chunk: RowBlock) => Promise<Result<Answered, ServeFailure>>;
}

/** Answers a block part by part, so that others come between; the answer is in the order of the rows, or the first failure. */
export async function inferInChunks(
  block: RowBlock,
  { rows, atOnce, infer }: ChunkOptions,
): Promise<Result<Answered, ServeFailure>> {
  const width = block.cells.length / block.rows;
  const whole = openWhole(block.rows);
  let next = 0;
  let failure: Result<Answered, ServeFailure> | undefined;
  const lane = async (): Promise<void> => {
    while (next < block.rows && failure === undefined) {
      const start = next;
      const end = Math.min(start + rows, block.rows);
      next = end;
      const answered = await infer({
        rows: end - start,
        cells: block.cells.slice(start * width, end * width),
      });
      if (answered.ok) whole.add(answered.value, start, end - start);
      else failure ??= answered;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return failure ?? success({ prediction: whole.prediction(), firstRow: 0 });
}

/** A prediction that is put together from parts. */
function openWhole(rows: number): {
  add(part: Answered, start: number, partRows: number): void;
  prediction(): Prediction;
} {
  let whole: Prediction | undefined;
  return {
    add: ({ prediction: part, firstRow }, start, partRows) => {
      whole ??= emptyLike(part, rows);
      const end = firstRow + partRows;
      if (part.task === 'regression' && whole.task === 'regression') {
        whole.values.set(part.values.subarray(firstRow, end), start);
      } else if (part.task === 'classification' && whole.task === 'classification') {
        const width = part.classes.length;
        whole.probabilities.set(part.probabilities.subarray(firstRow * width, end * width), start * width);
        whole.labels.set(part.labels.subarray(firstRow, end), start);
      }
    },
    prediction: () => whole!,
  };
}

function emptyLike(part: Prediction, rows: number): Prediction {
  if (part.task === 'regression') return { task: part.task, rows, values: new Float64Array(rows) };
  const { task, classes } = part;
  return {
    task,
    rows,
    classes,
    probabilities: new Float64Array(rows * classes.length),
    labels: new Int32Array(rows),
  };
}
