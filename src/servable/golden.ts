import type { Failure, Result } from '../base/index.ts';
import { failed, seededRandom, success } from '../base/index.ts';
import type { ColumnContract } from '../contract/index.ts';
import type { Prediction } from '../onnx/index.ts';
import { rowAnswer } from './answer.ts';
import type { ServableFailure } from './failures.ts';
import { servableGolden } from './failures.ts';
import type { GoldenRequest, Row, RowAnswer } from './manifest.ts';
import type { RowBlock } from './row-block.ts';
import type { Servable } from './servable.ts';

const goldenRows = 8;

/**
 * Makes requests that the contract allows, and keeps what the model answers. They are made up from the rules of the
 * columns: rows of real people have no business in a container.
 */
export async function makeGolden(servable: Servable): Promise<readonly GoldenRequest[]> {
  const random = seededRandom(1);
  const read = new Set(servable.columns.map(({ name }) => name));
  const columns = servable.manifest.columns.filter(({ name, required }) => required || read.has(name));
  const golden: GoldenRequest[] = [];
  for (let i = 0; i < goldenRows; i++) {
    const row: Row = Object.fromEntries(
      columns.flatMap((column) => {
        if (!column.required && (i === 0 || random() < 0.1)) return [];
        return [[column.name, allowedValue(column, random())] as const];
      }),
    );
    if (servable.check(row).length > 0) continue;
    const answer = await answerOf(servable, row);
    if (answer.ok) golden.push({ row, answer: answer.value });
  }
  return golden;
}

/** Answers one block; the rows of the answer that are its own begin at `firstRow`. */
export type AskBlock = (
  block: RowBlock,
) => Promise<Result<{ readonly prediction: Prediction; readonly firstRow: number }, Failure>>;

/** Asks every golden request, the way that requests go; the first that is answered otherwise than by rounding, 1e-6, fails. */
export async function checkGolden(
  servable: Servable,
  ask: AskBlock = directly(servable),
): Promise<Result<void, ServableFailure>> {
  for (const [i, { row, answer }] of servable.manifest.golden.entries()) {
    const found = await answerOf(servable, row, ask);
    const { model } = servable.manifest;
    if (!found.ok) return failed(servableGolden(model, i + 1, found.failure.message));
    const difference = differenceOf(answer, found.value);
    if (difference !== undefined) return failed(servableGolden(model, i + 1, difference));
  }
  return success(undefined);
}

function directly(servable: Servable): AskBlock {
  return async (block) => {
    const prediction = await servable.predict([block]);
    return prediction.ok ? success({ prediction: prediction.value, firstRow: 0 }) : prediction;
  };
}

async function answerOf(
  servable: Servable,
  row: Row,
  ask: AskBlock = directly(servable),
): Promise<Result<RowAnswer, Failure>> {
  const cells: (number | string)[] = [];
  servable.cellsOf(row, cells);
  const answered = await ask({ rows: 1, cells });
  return answered.ok ? success(rowAnswer(answered.value.prediction, answered.value.firstRow)) : answered;
}

const tolerance = 1e-6;

function differenceOf(expected: RowAnswer, found: RowAnswer): string | undefined {
  const numbers = (answer: RowAnswer): Readonly<Record<string, number>> =>
    'value' in answer ? { value: answer.value } : answer.probabilities;
  for (const [name, value] of Object.entries(numbers(expected))) {
    const other = numbers(found)[name];
    if (other === undefined || !(Math.abs(other - value) <= tolerance * Math.max(1, Math.abs(value)))) {
      return `${name} was ${value} and is ${other}`;
    }
  }
  return undefined;
}

/** A value that the rules of a column allow, for a number in [0, 1); what rules it cannot meet, the check finds. */
function allowedValue(column: ColumnContract, position: number): string | number | boolean {
  if (column.enum !== undefined) return column.enum[Math.floor(position * column.enum.length)]!;
  switch (column.type) {
    case 'boolean':
      return position < 0.5;
    case 'integer':
    case 'number': {
      const low =
        column.minimum ??
        column.exclusiveMinimum ??
        Math.min(0, column.maximum ?? column.exclusiveMaximum ?? 0) - 0;
      const high = column.maximum ?? column.exclusiveMaximum ?? low + 100;
      const value = low + (0.05 + 0.9 * position) * (high - low);
      if (column.type === 'number') return value;
      const step = column.multipleOf ?? 1;
      return Math.round(value / step) * step;
    }
    case 'date':
      return '2026-01-15';
    case 'timestamp':
      return '2026-01-15T12:00:00Z';
    case 'string':
      return 'a'.repeat(Math.max(1, column.minLength ?? 1));
  }
}
