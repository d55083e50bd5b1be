import type { Failure, Result } from '../base/index.ts';
import { failed, seededRandom, success } from '../base/index.ts';
import type { Prediction } from '../onnx/index.ts';
import { rowAnswer } from './answer.ts';
import type { ServableFailure } from './failures.ts';
import { servableGolden } from './failures.ts';
import type { GoldenRequest, Row, RowAnswer } from './manifest.ts';
import type { RowBlock } from './row-block.ts';
import { sampleRow } from './sample-row.ts';
import type { Servable } from './servable.ts';

const goldenRows = 8;
const tries = 40;

/**
 * Makes requests that the contract allows, and keeps what the model answers. They are made up from the rules of the
 * columns: rows of real people have no business in a container. Where a rule is not understood, or the model has no
 * number for an answer, there are fewer of them, or none.
 */
export async function makeGolden(servable: Servable): Promise<readonly GoldenRequest[]> {
  const random = seededRandom(1);
  const read = new Set(servable.columns.map(({ name }) => name));
  const columns = servable.manifest.columns.filter(({ name, required }) => required || read.has(name));
  const golden: GoldenRequest[] = [];
  for (let i = 0; i < tries && golden.length < goldenRows; i++) {
    // First whole rows, then what is required alone, then some of both.
    const row = sampleRow(columns, random, [0, 0, 1][i] ?? 0.1);
    if (servable.check(row).length > 0) continue;
    const answer = await answerOf(servable, row);
    if (answer.ok && Object.values(numbersOf(answer.value)).every(Number.isFinite))
      golden.push({ row, answer: answer.value });
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
  const others = numbersOf(found);
  for (const [name, value] of Object.entries(numbersOf(expected))) {
    const other = others[name];
    if (other === undefined || !(Math.abs(other - value) <= tolerance * Math.max(1, Math.abs(value)))) {
      return `${name} was ${value} and is ${other}`;
    }
  }
  return undefined;
}

function numbersOf(answer: RowAnswer): Readonly<Record<string, number>> {
  return 'value' in answer ? { value: answer.value } : answer.probabilities;
}
