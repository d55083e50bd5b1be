import type { Digest, JsonScalar, Result } from '../base/index.ts';
import { failed } from '../base/index.ts';
import type { Table } from '../sql/index.ts';
import type { EvaluateFailure } from './failures.ts';
import * as failures from './failures.ts';
import type { Predict } from './rows.ts';
import type { Sample } from './sample.ts';
import { sampleOf } from './truth.ts';

/** A model that can run. */
export interface RunnableModel {
  /** Id of the step that made it, or another name for messages. */
  readonly step: string;
  readonly digest: Digest;
  readonly bytes: number;
  /** Raw columns that it reads. */
  readonly columns: readonly string[];
  readonly predict: Predict;
}

/** Rows whose answers are known. */
export interface Question {
  /** Name of the dataset, for messages. */
  readonly dataset: string;
  readonly table: Table;
  /** A column without missing values. */
  readonly target: string;
  readonly positive?: JsonScalar;
}

/** What a model says of the rows, beside the truth. */
export async function runModel(
  model: RunnableModel,
  question: Question,
): Promise<Result<Sample, EvaluateFailure>> {
  const truth = question.table.columns.get(question.target);
  if (truth === undefined) {
    return failed(failures.targetInvalid(question.dataset, `there is no column ${question.target}`));
  }
  if (model.columns.includes(question.target))
    return failed(failures.targetLeaks(model.step, question.target));
  const prediction = await model.predict(question.table);
  if (!prediction.ok) return failed(failures.modelUnusable(model.step, prediction.failure));
  return sampleOf({
    model: model.step,
    truth,
    prediction: prediction.value,
    ...(question.positive === undefined ? {} : { positive: question.positive }),
  });
}
