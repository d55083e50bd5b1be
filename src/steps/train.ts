import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Failure, Result, Verdict } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { Contract } from '../contract/index.ts';
import { loadContract } from '../data/index.ts';
import type { FittedFeatures } from '../features/index.ts';
import { fitFeatures } from '../features/index.ts';
import { openSession, quoteText } from '../sql/index.ts';
import type { Estimator, Target, TrainedModel } from '../train/index.ts';
import { checkOptions, estimators, findEstimator, nearestEstimator } from '../train/index.ts';
import { learningFile } from './learning-file.ts';
import type { StepCall, TrainRequest } from './request.ts';
import { assembleModel } from './train/assemble.ts';
import type { ClassWeights } from './train/class-weights.ts';
import { classWeights } from './train/class-weights.ts';
import * as failures from './train/failures.ts';
import { checkParity } from './train/parity.ts';
import type { TrainingRows } from './train/rows.ts';
import { readRows } from './train/rows.ts';
import { metricsOnTrainingRows } from './train/self-report.ts';
import { readTarget, taskOf } from './train/target.ts';
import { writeJson } from './write-json.ts';

type Say = (line: string) => void;
type Progress = (share: number, note: string) => void;

/**
 * Learns a model from the training rows: features are fitted and computed by SQL, the estimator learns, both are fused
 * into one ONNX model, and ONNX Runtime must answer every training row as the trainer does. Writes `model.onnx`,
 * `training.json` and `learning.json`; the same inputs give the same bytes.
 *
 * @param find the estimator of a name; the built-in ones unless given
 */
export async function train(
  request: TrainRequest,
  call: StepCall,
  say: Say,
  progress: Progress,
  find: (name: string) => Estimator | undefined = findEstimator,
): Promise<Result<Verdict, readonly Failure[]>> {
  const estimator = find(request.estimator);
  if (estimator === undefined) {
    const known = estimators.map(({ name }) => name);
    return failed([failures.estimatorUnknown(request.estimator, nearestEstimator(request.estimator), known)]);
  }
  progress(0, 'features');
  const prepared = await prepareRows(request, call, estimator);
  if (!prepared.ok) return prepared;
  const { fitted, rows, target, weights } = prepared.value;
  say(
    `${rows.raw.rows} training rows, ${rows.raw.columns.size} columns, ${rows.matrix.names.length} features; ` +
      describeTarget(target),
  );

  const { 'class-weight': _, ...options } = request.options;
  const checked = checkOptions(estimator, options);
  if (!checked.ok) return checked;
  if (checked.value.ignored.length > 0)
    say(`${estimator.name} does not use ${checked.value.ignored.join(', ')}`);
  const trained = await estimator.train({
    matrix: rows.matrix,
    target,
    ...(weights === undefined ? {} : { weights: weights.rows }),
    options: checked.value.values,
    seed: request.seed,
    threads: call.threads,
    signal: new AbortController().signal,
    onProgress: (share, note) => progress(0.1 + 0.8 * share, note),
  });
  if (!trained.ok) return failed([trained.failure]);

  progress(0.9, 'model.onnx');
  const metadata = modelMetadata(request, target);
  const model = trained.value;
  const integerClasses = hasIntegerClasses(rows, target);
  const bytes = await assembleModel({ fitted, model, target, integerClasses, metadata });
  progress(0.95, 'comparing ONNX Runtime with the trainer');
  const parity = await checkParity({ ...rows, bytes, fitted, trained: model.predict(rows.matrix) });
  if (!parity.ok) return failed([parity.failure]);

  const { largestDifference, prediction } = parity.value;
  const nearness = largestDifference === 0 ? 'exactly' : `to ${largestDifference.toExponential(1)}`;
  say(`ONNX Runtime and the trainer agree on all ${rows.raw.rows} rows, ${nearness}`);
  await writeFile(join(call.out, 'model.onnx'), bytes, { flag: 'wx' });
  await writeJson(join(call.out, 'training.json'), {
    version: 1,
    estimator: estimator.name,
    task: target.task,
    ...(target.task === 'classification' ? { classes: target.classes } : {}),
    options: {
      ...checked.value.values,
      ...(weights === undefined ? {} : { 'class-weight': weights.written }),
    },
    seed: request.seed,
    rows: rows.raw.rows,
    columns: fitted.columns.map(({ source }) => source),
    features: rows.matrix.names,
    facts: describeFacts(model),
    parity: { rows: parity.value.rows, largestDifference },
    metricsOnTrainingRows: metricsOnTrainingRows(target, prediction),
  });
  await writeJson(join(call.out, 'learning.json'), learningFile(model.learning));
  progress(1, 'done');
  return success('pass');
}

interface PreparedRows {
  readonly fitted: FittedFeatures;
  readonly rows: TrainingRows;
  readonly target: Target;
  readonly weights: ClassWeights | undefined;
}

async function prepareRows(
  request: TrainRequest,
  call: StepCall,
  estimator: Estimator,
): Promise<Result<PreparedRows, readonly Failure[]>> {
  const { dataset } = request;
  const name = `data.${dataset.name}/train`;
  const path = call.inputs[name];
  if (path === undefined) return failed([failures.inputMissing(name)]);
  const targetName = dataset.target;
  if (targetName === undefined) return failed([failures.targetUnknown(dataset.name, 'it names no target')]);
  const contract = await contractOf(request, call);
  if (!contract.ok) return contract;

  await using session = await openSession({ threads: call.threads, allowedPaths: [path] });
  const relation = `read_parquet(${quoteText(path)})`;
  let columns: readonly { readonly column_name: string }[];
  try {
    columns = await session.rows(`DESCRIBE SELECT * FROM ${relation}`);
  } catch (error) {
    return failed([failures.inputUnreadable(name, error)]);
  }
  if (!columns.some(({ column_name }) => column_name === targetName)) {
    return failed([failures.targetUnknown(dataset.name, `there is no column ${targetName}`)]);
  }
  const fitted = await fitFeatures(session, {
    relation,
    declarations: request.features,
    ...(contract.value === undefined ? {} : { contract: contract.value }),
    key: dataset.key,
    target: targetName,
  });
  if (!fitted.ok) return fitted;
  const rows = await readRows(session, { relation, fitted: fitted.value, target: targetName });
  const { task, reason } = taskOf({
    target: targetName,
    column: rows.target,
    contract: contract.value,
    positive: dataset.positive,
  });
  if (!estimator.tasks.includes(task))
    return failed([failures.taskUnsupported(estimator.name, task, reason)]);
  const target = readTarget(targetName, rows.target, task);
  if (!target.ok) return failed([target.failure]);
  const weights = classWeights(request.options['class-weight'], target.value);
  if (!weights.ok) return failed([weights.failure]);
  return success({ fitted: fitted.value, rows, target: target.value, weights: weights.value });
}

async function contractOf(
  { dataset }: TrainRequest,
  call: StepCall,
): Promise<Result<Contract | undefined, readonly Failure[]>> {
  if (dataset.contract === undefined) return success(undefined);
  return loadContract(call.root, resolve(call.root, dataset.contract));
}

/** What the bytes of the model follow from, and what readers of the model need. */
function modelMetadata(request: TrainRequest, target: Target): Record<string, string> {
  return {
    ...Object.fromEntries(Object.entries(request.lineage).map(([key, value]) => [`trainyard.${key}`, value])),
    'trainyard.task': target.task,
    'trainyard.target': request.dataset.target ?? '',
    'trainyard.estimator': request.estimator,
    ...(target.task === 'classification' ? { 'trainyard.classes': JSON.stringify(target.classes) } : {}),
  };
}

function hasIntegerClasses({ target: column }: TrainingRows, target: Target): boolean {
  return (
    target.task === 'classification' &&
    column.kind === 'number' &&
    target.classes.every((text) => Number.isSafeInteger(Number(text)))
  );
}

function describeTarget(target: Target): string {
  return target.task === 'regression' ? 'regression' : `classification into ${target.classes.join(', ')}`;
}

/** JSON has no infinity; a fact that is none is left out. */
function describeFacts({ facts }: TrainedModel): Record<string, number | string | boolean> {
  const entries = Object.entries(facts).filter(
    ([, value]) => typeof value !== 'number' || Number.isFinite(value),
  );
  return Object.fromEntries(entries);
}
