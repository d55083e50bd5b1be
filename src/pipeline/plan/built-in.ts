import path from 'node:path';
import type { Failure, Json, Result } from '../../base/index.ts';
import { digestOfJson, failed, success } from '../../base/index.ts';
import type { DatasetSpec } from '../../data/index.ts';
import type { Baseline } from '../../evaluate/index.ts';
import type { EvaluateRequest, SliceSpec, StepRequest } from '../../steps/index.ts';
import type { Pipeline } from '../pipeline.ts';
import type { OutputReference } from '../plan.ts';
import type { EstimatorOptions } from './estimator-options.ts';
import { withInvalid } from './failures.ts';
import type { Inputs } from './fingerprint.ts';
import type { Instance } from './instances.ts';
import type { Links } from './links.ts';
import { knownOptions } from './options.ts';

/** What a built-in step does and reads, before digests of files are known. */
export interface BuiltIn {
  readonly request: StepRequest;
  readonly reads: readonly OutputReference[];
  /** Of the request: what its result depends on, and no more. */
  readonly inputs: Inputs;
}

/** Defaults of the file's format: see `EvaluateInputs`. */
const defaults = { resamples: 1000, importanceRepeats: 5, seed: 0 };

export function prepareStep(pipeline: Pipeline, dataset: DatasetSpec): BuiltIn {
  const { salt, test, stratify } = dataset.split;
  return {
    request: { uses: 'prepare', dataset },
    reads: [],
    inputs: {
      ...sourceInputs(pipeline, dataset),
      'dataset:split.test': { value: test },
      'dataset:split.salt': { value: salt },
      ...(stratify === undefined ? {} : { 'dataset:split.stratify': { value: stratify } }),
    },
  };
}

export function validateStep(pipeline: Pipeline, instance: Instance): BuiltIn {
  const dataset = datasetOf(pipeline, instance);
  return { request: { uses: 'validate', dataset }, reads: [], inputs: sourceInputs(pipeline, dataset) };
}

export function trainStep(
  pipeline: Pipeline,
  instance: Instance,
  links: Links,
  optionsOf: EstimatorOptions,
): Result<BuiltIn, readonly Failure[]> {
  const dataset = datasetOf(pipeline, instance);
  const { data: _, estimator, seed: written, ...others } = instance.with;
  const failures: Failure[] = [];
  if (typeof estimator !== 'string') {
    failures.push(withInvalid('estimator', 'the name of an estimator', instance.place('with', 'estimator')));
  }
  const seed = integer(instance, 'seed', written ?? defaults.seed, failures);
  const options = knownOptions({
    instance,
    links,
    optionsOf,
    estimator: String(estimator),
    written: others,
    failures,
  });
  const { 'class-weight': _weights, ...own } = options;
  for (const mistake of optionsOf.mistakes(String(estimator), own)) {
    failures.push({ place: instance.place('with'), ...mistake });
  }
  if (failures.length > 0) return failed(failures);
  const features = pipeline.file.features ?? [];
  const request: StepRequest = {
    uses: 'train',
    dataset,
    features,
    estimator: String(estimator),
    options,
    seed,
    lineage: {
      pipeline: pipeline.file.name,
      step: instance.id,
      dataset: dataset.name,
      params: digestOfJson({ estimator: String(estimator), options, seed }),
      features: digestOfJson(features as unknown as Json),
      ...contractLineage(pipeline, dataset),
    },
  };
  return success({
    request,
    reads: [read(dataset, 'train')],
    inputs: {
      // Both stand in the model's metadata.
      'name:pipeline': { value: pipeline.file.name },
      'name:step': { value: instance.id },
      ...rowInputs(pipeline, dataset),
      features: { value: features as unknown as Json },
      'with:estimator': { value: String(estimator) },
      'with:seed': { value: seed },
      ...Object.fromEntries(Object.entries(options).map(([name, value]) => [`with:${name}`, { value }])),
    },
  });
}

export function evaluateStep(
  pipeline: Pipeline,
  instance: Instance,
  models: readonly string[],
): Result<BuiltIn, readonly Failure[]> {
  const dataset = datasetOf(pipeline, instance);
  const failures: Failure[] = [];
  const number = (key: string, standard: number): number =>
    integer(instance, key, instance.with[key] ?? standard, failures);
  const request: EvaluateRequest = {
    uses: 'evaluate',
    dataset,
    models,
    slices: slicesOf(instance),
    resamples: number('resamples', defaults.resamples),
    importanceRepeats: number('importance-repeats', defaults.importanceRepeats),
    seed: number('seed', defaults.seed),
  };
  if (failures.length > 0) return failed(failures);
  return success({
    request,
    reads: [read(dataset, 'held-out'), ...models.map((step) => ({ step, output: 'model' }))],
    inputs: {
      ...rowInputs(pipeline, dataset),
      'with:models': { value: models },
      'with:slices': { value: request.slices as unknown as Json },
      'with:resamples': { value: request.resamples },
      'with:importance-repeats': { value: request.importanceRepeats },
      'with:seed': { value: request.seed },
    },
  });
}

export function chooseStep(instance: Instance, links: Links): BuiltIn {
  const evaluate = links.evaluations.get(instance.id)!.id;
  const metric = String(instance.with['metric']);
  const models = links.models.get(instance.id)!;
  return {
    request: { uses: 'choose', metric, evaluate },
    reads: [{ step: evaluate, output: 'evaluation' }, ...models.map((step) => ({ step, output: 'model' }))],
    inputs: { 'with:metric': { value: metric }, 'with:evaluate': { value: evaluate } },
  };
}

/** The verdict over the pipeline's model; `undefined` when it has no gates. */
export function gatesStep(
  pipeline: Pipeline,
  links: Links,
  baselines: readonly Baseline[],
): BuiltIn | undefined {
  const gates = pipeline.file.model?.gates ?? [];
  const { final } = links;
  if (gates.length === 0 || final?.evaluate === undefined) return undefined;
  const { from, evaluate } = final;
  const dataset = datasetOf(pipeline, evaluate);
  const failures: Failure[] = [];
  const number = (key: string, standard: number): number =>
    integer(evaluate, key, evaluate.with[key] ?? standard, failures);
  const named = baselines.filter(({ name }) =>
    gates.some((gate) => 'baseline' in gate && gate.baseline === name),
  );
  const request: StepRequest = {
    uses: 'gates',
    dataset,
    gates,
    baselines: named,
    model: from.id,
    evaluate: evaluate.id,
    slices: slicesOf(evaluate),
    resamples: number('resamples', defaults.resamples),
    seed: number('seed', defaults.seed),
  };
  return {
    request,
    reads: [
      read(dataset, 'held-out'),
      { step: from.id, output: 'model' },
      { step: evaluate.id, output: 'evaluation' },
    ],
    inputs: {
      ...rowInputs(pipeline, dataset),
      gates: { value: gates as unknown as Json },
      'with:model': { value: from.id },
      'with:evaluate': { value: evaluate.id },
      'with:slices': { value: request.slices as unknown as Json },
      'with:resamples': { value: request.resamples },
      'with:seed': { value: request.seed },
      // Where a baseline came from is told, and changes nothing.
      ...Object.fromEntries(
        named.map(({ name, digest }) => [
          `baseline:${name}`,
          digest === undefined ? { value: null } : { digest },
        ]),
      ),
    },
  };
}

function datasetOf(pipeline: Pipeline, instance: Instance): DatasetSpec {
  return pipeline.datasets.get(String(instance.with['data']))!;
}

function read(dataset: DatasetSpec, output: string): OutputReference {
  return { step: `data.${dataset.name}`, output };
}

/** What the reading of the source files depends on, besides their content. */
function sourceInputs(pipeline: Pipeline, dataset: DatasetSpec): Inputs {
  return {
    'dataset:path': { value: relative(pipeline, dataset.path) },
    'dataset:format': { value: dataset.format },
    'dataset:delimiter': { value: dataset.delimiter },
    'dataset:key': { value: dataset.key },
    ...(dataset.target === undefined ? {} : { 'dataset:target': { value: dataset.target } }),
    ...contractInputs(pipeline, dataset),
  };
}

/** What the use of prepared rows depends on, besides their content. */
function rowInputs(pipeline: Pipeline, dataset: DatasetSpec): Inputs {
  return {
    'dataset:name': { value: dataset.name },
    'dataset:key': { value: dataset.key },
    ...(dataset.target === undefined ? {} : { 'dataset:target': { value: dataset.target } }),
    ...(dataset.positive === undefined ? {} : { 'dataset:positive': { value: dataset.positive } }),
    ...contractInputs(pipeline, dataset),
  };
}

function contractInputs(pipeline: Pipeline, dataset: DatasetSpec): Inputs {
  const contract = pipeline.contracts.get(dataset.name);
  if (contract === undefined || dataset.contract === undefined) return {};
  return { [`file:${relative(pipeline, dataset.contract)}`]: { digest: contract.digest } };
}

function contractLineage(pipeline: Pipeline, dataset: DatasetSpec): { readonly contract?: string } {
  const contract = pipeline.contracts.get(dataset.name);
  return contract === undefined ? {} : { contract: contract.digest };
}

function relative(pipeline: Pipeline, file: string): string {
  return path.relative(pipeline.root, file).split(path.sep).join('/');
}

function slicesOf(instance: Instance): readonly SliceSpec[] {
  const slices = (instance.with['slices'] ?? []) as readonly (string | SliceSpec)[];
  return slices.map((slice) => (typeof slice === 'string' ? { column: slice } : slice));
}

function integer(instance: Instance, key: string, value: Json | undefined, failures: Failure[]): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  failures.push(withInvalid(key, 'a whole number', instance.place('with', key)));
  return 0;
}
