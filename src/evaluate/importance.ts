import type { Random, Result } from '../base/index.ts';
import { seededRandom, success } from '../base/index.ts';
import type { Table } from '../sql/index.ts';
import type { FeatureImportance } from './evaluation.ts';
import type { EvaluateFailure } from './failures.ts';
import { measureOnce } from './measure.ts';
import { improvement, metricDefinition } from './metric-definitions.ts';
import { permutation } from './permutation.ts';
import { columnRows, tableRows } from './rows.ts';
import type { Question, RunnableModel } from './run-model.ts';
import { runModel } from './run-model.ts';

/** Importance is measured on at most this many rows, drawn with the seed: enough, and the time is bounded. */
const importanceRows = 10_000;

export interface ImportanceOptions {
  readonly model: RunnableModel;
  readonly question: Question;
  readonly metric: string;
  readonly repeats: number;
  readonly seed: number;
}

/**
 * Permutation importance (Breiman 2001; Fisher, Rudin and Dominici 2019): how much worse the metric gets when one raw
 * column is shuffled before it enters the model; positive means that the model uses it. Columns that carry the same
 * information stand in for each other and look less important than they are. The standard deviation is over the
 * repeats (population). Empty when the metric is not defined on these rows.
 */
export async function permutationImportance(
  options: ImportanceOptions,
): Promise<Result<readonly FeatureImportance[], EvaluateFailure>> {
  const metric = metricDefinition(options.metric);
  if (metric === undefined || options.repeats < 1) return success([]);
  const { model, question } = options;
  const table = drawRows(question.table, seededRandom(options.seed));
  const score = async (rows: Table): Promise<Result<number, EvaluateFailure>> => {
    const sample = await runModel(model, { ...question, table: rows });
    return sample.ok ? success(measureOnce(sample.value).get(options.metric) ?? Number.NaN) : sample;
  };

  const whole = await score(table);
  if (!whole.ok) return whole;
  if (!Number.isFinite(whole.value)) return success([]);
  const importance: FeatureImportance[] = [];
  for (const [place, column] of model.columns.entries()) {
    const drops: number[] = [];
    for (let repeat = 0; repeat < options.repeats; repeat++) {
      const random = seededRandom(options.seed + 1 + place * options.repeats + repeat);
      const shuffled = await score(shuffleColumn(table, column, random));
      if (!shuffled.ok) return shuffled;
      drops.push(improvement(metric, whole.value, shuffled.value));
    }
    importance.push({ column, metric: options.metric, ...spread(drops) });
  }
  return success(importance);
}

function drawRows(table: Table, random: Random): Table {
  if (table.rows <= importanceRows) return table;
  return tableRows(table, permutation(table.rows, random).slice(0, importanceRows).sort());
}

function shuffleColumn(table: Table, column: string, random: Random): Table {
  const shuffled = columnRows(table.columns.get(column)!, permutation(table.rows, random));
  return { rows: table.rows, columns: new Map(table.columns).set(column, shuffled) };
}

function spread(values: readonly number[]): { mean: number; standardDeviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, standardDeviation: Math.sqrt(variance) };
}
