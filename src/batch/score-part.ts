import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { BrokenRule } from '../contract/index.ts';
import type { SqlSession } from '../sql/index.ts';
import { quoteText } from '../sql/index.ts';
import type { FeatureColumn } from './columns.ts';
import type { BatchFailure } from './failures.ts';
import { interrupted, modelFailed } from './failures.ts';
import type { Part } from './part.ts';
import type { RejectedRow } from './rejects.ts';
import type { Scorers } from './scoring/open-scorers.ts';
import type { RowBatch } from './scoring/row-batches.ts';
import { rowBatches } from './scoring/row-batches.ts';

export interface PartReading {
  readonly session: SqlSession;
  readonly scorers: Scorers;
  readonly features: readonly FeatureColumn[];
  readonly rules: readonly BrokenRule[];
  /** Answers of a row: one for each class, or one. */
  readonly width: number;
  /** For `FROM`: the rows of the part as the rules see them. */
  readonly rows: string;
  readonly signal: AbortSignal | undefined;
  readonly work: string;
  readonly onRows: (rows: number) => void;
}

export interface ScoredPart {
  /** Index of the class, for each row; -1 for rows that are rejected. */
  readonly chosen: Int32Array;
  readonly answers: readonly Float64Array[];
  /** In the order of the rows. */
  readonly rejected: readonly RejectedRow[];
}

/** Rows of a question that are all refused: then it is not the rows. */
const refusedAll = 256;
const longestValue = 200;

/**
 * Reads the rows of a part and asks the model. It comes back when the last row was read, with a promise of the answers
 * that are still on their way: the next part can be read meanwhile.
 */
export async function scorePart(
  part: Part,
  reading: PartReading,
): Promise<{ readonly done: Promise<Result<ScoredPart, BatchFailure>> }> {
  const { session, scorers, features, rules, signal } = reading;
  const rows = part.to - part.from;
  const chosen = new Int32Array(rows).fill(-1);
  const answers = Array.from({ length: reading.width }, () => new Float64Array(rows));
  const rejected: RejectedRow[] = [];
  let failure: BatchFailure | undefined;

  const batches = rowBatches(features);
  const pending: Promise<void>[] = [];
  const ask = async (batch: RowBatch): Promise<void> => {
    await scorers.room();
    pending.push(answer(batch));
  };
  const answer = async ({ rows: count, positions, columns }: RowBatch): Promise<void> => {
    const scored = await scorers.score(count, columns);
    if (!scored.ok) {
      failure ??= scored.failure;
      return;
    }
    const { value } = scored;
    batches.reuse(value.columns);
    if (value.unanswerable.length === count && count >= refusedAll)
      failure ??= modelFailed(value.unanswerable[0]!.because);
    for (let k = 0; k < count; k++) chosen[positions[k]!] = value.chosen[k]!;
    for (const [c, column] of answers.entries()) {
      const from = value.answers[c]!;
      for (let k = 0; k < count; k++) column[positions[k]!] = from[k]!;
    }
    for (const { row, because } of value.unanswerable)
      rejected.push({ position: part.from + positions[row]!, because, problems: [] });
    reading.onRows(count);
  };

  await using stream = await session.stream(selectOf(reading));
  let first = 0;
  for (;;) {
    if (signal?.aborted === true) failure ??= interrupted(reading.work);
    if (failure !== undefined) break;
    const chunk = await stream.next();
    if (chunk === undefined) break;
    const keep = rules.length === 0 ? undefined : (chunk.numbers(features.length) as Uint8Array);
    const isBroken = keep?.includes(0) === true;
    if (isBroken) {
      const found = chunk.values(features.length + 1);
      let count = 0;
      for (let row = 0; row < chunk.rows; row++) {
        if (keep[row] !== 0) continue;
        count++;
        const problems = (found[row] as ({ rule: number; value: string | null } | null)[]).filter(
          (problem) => problem !== null,
        );
        rejected.push({ position: part.from + first + row, problems });
      }
      reading.onRows(count);
    }
    await batches.add(chunk, first, isBroken ? keep : undefined, ask);
    first += chunk.rows;
  }
  await batches.flush(ask);
  const done = async (): Promise<Result<ScoredPart, BatchFailure>> => {
    await Promise.all(pending);
    if (failure !== undefined) return failed(failure);
    rejected.sort((a, b) => a.position - b.position);
    return success({ chosen, answers, rejected });
  };
  return { done: done() };
}

/**
 * What the model reads; then whether the row keeps the rules, and, of a row that does not, each broken rule with what is
 * written there. Of a column of personal data nothing is told.
 */
function selectOf({ features, rules, rows }: PartReading): string {
  const columns = features.map(({ sql }, i) => `${sql} AS f${i}`);
  if (rules.length > 0) {
    const isBroken = rules.map(({ broken }) => `coalesce(${broken}, false)`).join(' OR ');
    const problems = rules.map(({ broken, column }, i) => {
      const value = column.contract.personal
        ? 'NULL::VARCHAR'
        : `CASE WHEN length(${column.written}::VARCHAR) > ${longestValue} THEN left(${column.written}::VARCHAR, ${longestValue}) || ${quoteText('…')} ELSE ${column.written}::VARCHAR END`;
      return `CASE WHEN ${broken} THEN {'rule': ${i}, 'value': ${value}} END`;
    });
    columns.push(
      `(NOT (${isBroken}))::UTINYINT AS keeps`,
      `CASE WHEN ${isBroken} THEN [${problems.join(', ')}] END AS problems`,
    );
  }
  return `SELECT ${columns.length === 0 ? 'NULL' : columns.join(', ')} FROM ${rows}`;
}
