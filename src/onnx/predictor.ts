import type { InferenceSession } from 'onnxruntime-node';
import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { Table } from '../sql/index.ts';
import { collectAnswers } from './answers.ts';
import { textsOfJson } from './classes.ts';
import type { OnnxFailure } from './failures.ts';
import { runFailed } from './failures.ts';
import { feedRows, planFeeds } from './feeds.ts';
import type { ModelInfo, Prediction } from './model.ts';
import type { UnderstoodModel } from './read.ts';
import { understandModel } from './read.ts';
import { loadRuntime } from './runtime.ts';
import { createSession, messageOf } from './session.ts';

export interface PredictorOptions {
  /** Threads inside one operator. One is the fastest for small models. */
  readonly threads: number;
  /** Rows a call of the runtime; bounds the memory. */
  readonly chunkRows?: number;
  /** The columns of a single [N, F] input, when the model's metadata (`trainyard.columns`) does not name them. */
  readonly columns?: readonly string[];
}

/** A model, ready to answer. `await using` frees the runtime's memory. */
export interface Predictor extends AsyncDisposable {
  readonly info: ModelInfo;
  /** What had to be repaired in memory (`repairModel`), for people; empty for most models. */
  readonly repairs: readonly string[];
  /** Answers for raw rows: each input is fed from the column of its name. Other columns are ignored. */
  predict(table: Table): Promise<Result<Prediction, OnnxFailure>>;
}

/**
 * Opens a model in ONNX Runtime, on the CPU. Models with tensors in other files are refused. A call of the runtime
 * blocks the thread that makes it.
 */
export async function openPredictor(
  bytes: Uint8Array,
  options: PredictorOptions,
): Promise<Result<Predictor, OnnxFailure>> {
  const model = understandModel(bytes);
  if (!model.ok) return model;
  const session = await createSession(model.value.bytes, options.threads);
  if (!session.ok) return session;
  const { Tensor } = loadRuntime();
  const { info, repairs } = model.value;
  return success({
    info,
    repairs,
    predict: (table) =>
      predict({ model: model.value, session: session.value, tensor: Tensor, options }, table),
    [Symbol.asyncDispose]: () => session.value.release(),
  });
}

interface OpenModel {
  readonly model: UnderstoodModel;
  readonly session: InferenceSession;
  readonly tensor: typeof import('onnxruntime-node').Tensor;
  readonly options: PredictorOptions;
}

async function predict(open: OpenModel, table: Table): Promise<Result<Prediction, OnnxFailure>> {
  const { info, roles } = open.model;
  const matrixColumns = textsOfJson(info.metadata['trainyard.columns']) ?? open.options.columns;
  const plan = planFeeds(info.inputs, table, { matrixColumns, chunkRows: open.options.chunkRows ?? 4096 });
  if (!plan.ok) return plan;
  const answers = collectAnswers(info, roles, table.rows);
  const fetches = [roles.scores, ...(roles.label === undefined ? [] : [roles.label])];
  for (let start = 0; start < table.rows; start += plan.value.chunkRows) {
    const end = Math.min(start + plan.value.chunkRows, table.rows);
    const feeds = feedRows(plan.value, start, end, open.tensor);
    if (!feeds.ok) return feeds;
    let outputs: InferenceSession.ReturnType;
    try {
      outputs = await open.session.run(feeds.value, fetches);
    } catch (error) {
      return failed(runFailed(messageOf(error), error));
    }
    const wrong = await answers.add(outputs as Parameters<typeof answers.add>[0], start, end - start);
    if (wrong !== undefined) return failed(wrong);
  }
  return success(answers.prediction());
}
