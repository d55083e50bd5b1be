import { readFile } from 'node:fs/promises';
import type { Result } from '../base/index.ts';
import { digestOfBytes, failed, success } from '../base/index.ts';
import type { DatasetSpec } from '../data/index.ts';
import type { EvaluateFailure, Question, RunnableModel } from '../evaluate/index.ts';
import { evaluateFailures as failures } from '../evaluate/index.ts';
import type { ModelInfo } from '../onnx/index.ts';
import { openPredictor } from '../onnx/index.ts';
import { literalPath, openSession, quoteName, quoteText } from '../sql/index.ts';
import type { StepCall } from './request.ts';

/** The path of an input that another step made, or the failure that names it. */
function inputPath(call: StepCall, name: string): Result<string, EvaluateFailure> {
  const path = call.inputs[name];
  return path === undefined ? failed(failures.inputMissing(name)) : success(path);
}

/** The bytes of an input. The runner verified them against their digest when it handed them over. */
export async function readInput(call: StepCall, name: string): Promise<Result<Uint8Array, EvaluateFailure>> {
  const path = inputPath(call, name);
  if (!path.ok) return path;
  try {
    return success(await readFile(path.value));
  } catch (error) {
    return failed(failures.inputUnreadable(name, error instanceof Error ? error.message : String(error)));
  }
}

/** A JSON file that a step of this package wrote, of the version that is read here. */
export async function readJsonInput<T extends { readonly version: 1 }>(
  call: StepCall,
  name: string,
): Promise<Result<T, EvaluateFailure>> {
  const bytes = await readInput(call, name);
  if (!bytes.ok) return bytes;
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes.value)) as { readonly version?: unknown } | null;
    if (value?.version === 1) return success(value as T);
    return failed(failures.inputUnreadable(name, `its version is ${String(value?.version)}, not 1`));
  } catch (error) {
    return failed(failures.inputUnreadable(name, error instanceof Error ? error.message : String(error)));
  }
}

/** Held-out rows with a known target. */
export interface HeldOut extends Question {
  /** SQL that gives the same rows in the same order. */
  readonly relation: string;
  readonly path: string;
  /** Rows that were left out because nobody knows their target. */
  readonly withoutTarget: number;
}

export async function readHeldOut(
  dataset: DatasetSpec,
  call: StepCall,
): Promise<Result<HeldOut, EvaluateFailure>> {
  const path = inputPath(call, `data.${dataset.name}/held-out`);
  if (!path.ok) return path;
  const { target } = dataset;
  if (target === undefined) return failed(failures.targetInvalid(dataset.name, 'it names no target'));
  const all = `read_parquet([${quoteText(literalPath(path.value))}], hive_partitioning = false)`;
  await using session = await openSession({
    threads: call.threads,
    allowedPaths: [path.value],
  });
  try {
    const columns = await session.rows<{ column_name: string }>(`DESCRIBE SELECT * FROM ${all}`);
    if (!columns.some(({ column_name }) => column_name === target)) {
      return failed(failures.targetInvalid(dataset.name, `there is no column ${target}`));
    }
    const relation = `(SELECT * FROM ${all} WHERE ${quoteName(target)} IS NOT NULL)`;
    const table = await session.table(`SELECT * FROM ${relation}`);
    const [count] = await session.rows<{ n: number }>(`SELECT count(*) AS n FROM ${all}`);
    if (table.rows === 0) return failed(failures.noRows(dataset.name));
    return success({
      dataset: dataset.name,
      table,
      target,
      ...(dataset.positive === undefined ? {} : { positive: dataset.positive }),
      relation,
      path: path.value,
      withoutTarget: count!.n - table.rows,
    });
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return failed(failures.inputUnreadable(`data.${dataset.name}/held-out`, problem));
  }
}

/** A model in ONNX Runtime; `await using` frees it. */
export interface OpenModel extends RunnableModel, AsyncDisposable {
  readonly content: Uint8Array;
  /** What was repaired in memory, for people. */
  readonly repairs: readonly string[];
}

/** Opens the model of an input. `step` names it in messages. */
export async function openModel(options: {
  readonly call: StepCall;
  readonly input: string;
  readonly step: string;
}): Promise<Result<OpenModel, EvaluateFailure>> {
  const content = await readInput(options.call, options.input);
  if (!content.ok) return content;
  const predictor = await openPredictor(content.value, { threads: options.call.threads });
  if (!predictor.ok) return failed(failures.modelUnusable(options.step, predictor.failure));
  const { info, repairs } = predictor.value;
  return success({
    step: options.step,
    digest: digestOfBytes(content.value),
    bytes: content.value.byteLength,
    columns: rawColumns(info),
    content: content.value,
    repairs,
    predict: (table) => predictor.value.predict(table),
    [Symbol.asyncDispose]: () => predictor.value[Symbol.asyncDispose](),
  });
}

/** The columns that a model reads: the names of its inputs, or those that its metadata gives to a single matrix. */
function rawColumns(info: ModelInfo): readonly string[] {
  const listed = info.metadata['trainyard.columns'];
  const [input, ...others] = info.inputs;
  const isMatrix =
    input !== undefined && others.length === 0 && input.shape.length === 2 && input.shape[1] !== 1;
  if (listed === undefined || !isMatrix) return info.inputs.map(({ name }) => name);
  // The predictor refuses a list that is none; here it has already been opened.
  try {
    const columns: unknown = JSON.parse(listed);
    return Array.isArray(columns) ? columns.map(String) : [];
  } catch {
    return [];
  }
}
