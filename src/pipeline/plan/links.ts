import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { Pipeline } from '../pipeline.ts';
import type { StepId } from '../plan.ts';
import { datasetUnknown, evaluationMissing, modelAmbiguous, modelsMissing } from './failures.ts';
import type { Instance } from './instances.ts';

/** What the instances have to do with each other and with the datasets, by id. */
export interface Links {
  readonly instances: readonly Instance[];
  readonly byName: ReadonlyMap<string, readonly Instance[]>;
  /** Datasets that an instance is handed, by id; a dataset appears as the step `data.<name>`. */
  readonly datasets: ReadonlyMap<StepId, readonly string[]>;
  /** Ids of the `validate` steps of a dataset. */
  readonly validators: ReadonlyMap<string, readonly StepId[]>;
  /** Ids of the steps whose models an `evaluate` step measures, or a `choose` step takes from, by id. */
  readonly models: ReadonlyMap<StepId, readonly StepId[]>;
  /** The `evaluate` step that a `choose` step takes from, by id of the latter. */
  readonly evaluations: ReadonlyMap<StepId, Instance>;
  /** The step that gives the pipeline's model, and the `evaluate` step that measured it. */
  readonly final?: { readonly from: Instance; readonly evaluate?: Instance };
}

export function needsOf(instance: Instance): readonly string[] {
  return listOf(instance.file.needs);
}

export function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

export function linkInstances(
  pipeline: Pipeline,
  instances: readonly Instance[],
): Result<Links, readonly Failure[]> {
  const failures: Failure[] = [];
  const byName = new Map<string, Instance[]>();
  for (const instance of instances) {
    const others = byName.get(instance.name);
    if (others === undefined) byName.set(instance.name, [instance]);
    else others.push(instance);
  }
  const of = (names: readonly string[]): readonly Instance[] =>
    names.flatMap((name) => byName.get(name) ?? []);

  const validators = new Map<string, StepId[]>();
  for (const instance of instances) {
    if (usesOf(instance) !== 'validate') continue;
    const name = String(instance.with['data']);
    validators.set(name, [...(validators.get(name) ?? []), instance.id]);
  }
  const datasets = new Map<StepId, readonly string[]>();
  const before = ancestors(byName, instances);
  for (const instance of instances) {
    const asked = askedDatasets(pipeline, instance);
    // A step that a dataset's validation needs cannot have its rows; by default it is handed the others.
    const cannot = (name: string): boolean =>
      (validators.get(name) ?? []).some((id) => id === instance.id || before.get(id)?.has(instance.name));
    datasets.set(instance.id, asked.explicit ? asked.names : asked.names.filter((name) => !cannot(name)));
    for (const name of asked.names) {
      if (pipeline.datasets.has(name)) continue;
      failures.push(datasetUnknown(name, [...pipeline.datasets.keys()], instance.place()));
    }
  }

  const models = new Map<StepId, readonly StepId[]>();
  const evaluations = new Map<StepId, Instance>();
  for (const instance of instances) {
    if (usesOf(instance) !== 'evaluate') continue;
    const named = instance.with['models'] as string | readonly string[] | undefined;
    const measured = of(named === undefined ? needsOf(instance) : listOf(named)).filter(givesModel);
    if (measured.length === 0) failures.push(modelsMissing(instance.name, instance.place()));
    models.set(instance.id, [...new Set(measured.map((model) => model.id))]);
  }
  for (const instance of instances) {
    if (usesOf(instance) !== 'choose') continue;
    const candidates = of(needsOf(instance)).filter((need) => usesOf(need) === 'evaluate');
    const [evaluate] = candidates;
    if (evaluate === undefined || candidates.length > 1) {
      failures.push(evaluationMissing(instance.name, instance.place()));
      continue;
    }
    evaluations.set(instance.id, evaluate);
    models.set(instance.id, models.get(evaluate.id) ?? []);
  }
  const final = finalModel({ pipeline, byName, models, evaluations });
  if (!final.ok) failures.push(final.failure);
  if (failures.length > 0 || !final.ok) return failed(failures);
  return success({
    instances,
    byName,
    datasets,
    validators,
    models,
    evaluations,
    ...(final.value === undefined ? {} : { final: final.value }),
  });
}

export function usesOf(instance: Instance): 'validate' | 'train' | 'evaluate' | 'choose' | undefined {
  return 'uses' in instance.file ? instance.file.uses : undefined;
}

function givesModel(instance: Instance): boolean {
  if ('run' in instance.file) return Object.hasOwn(instance.file.outs ?? {}, 'model');
  return instance.file.uses === 'train' || instance.file.uses === 'choose';
}

function askedDatasets(
  pipeline: Pipeline,
  instance: Instance,
): { readonly names: readonly string[]; readonly explicit: boolean } {
  const { file } = instance;
  if ('run' in file) {
    return file.data === undefined
      ? { names: [...pipeline.datasets.keys()], explicit: false }
      : { names: listOf(file.data), explicit: true };
  }
  return file.uses === 'choose'
    ? { names: [], explicit: true }
    : { names: [String(instance.with['data'])], explicit: true };
}

/** For each instance, the names of the steps that must end before it, however far. */
function ancestors(
  byName: ReadonlyMap<string, readonly Instance[]>,
  instances: readonly Instance[],
): ReadonlyMap<StepId, ReadonlySet<string>> {
  const known = new Map<string, ReadonlySet<string>>();
  const find = (name: string, path: ReadonlySet<string>): ReadonlySet<string> => {
    const seen = known.get(name);
    if (seen !== undefined) return seen;
    const found = new Set<string>();
    for (const need of needsOf(byName.get(name)?.[0] ?? instances[0]!)) {
      if (path.has(need) || !byName.has(need)) continue;
      found.add(need);
      for (const further of find(need, new Set([...path, need]))) found.add(further);
    }
    known.set(name, found);
    return found;
  };
  return new Map(instances.map((instance) => [instance.id, find(instance.name, new Set([instance.name]))]));
}

interface FinalSearch extends Pick<Links, 'byName' | 'models' | 'evaluations'> {
  readonly pipeline: Pipeline;
}

function finalModel(search: FinalSearch): Result<Links['final'], Failure> {
  const { pipeline, byName, models, evaluations } = search;
  const { model } = pipeline.file;
  if (model === undefined) return success(undefined);
  const candidates = byName.get(model.from) ?? [];
  const [from] = candidates;
  const place = pipeline.place(['model', 'from']);
  if (from === undefined || !givesModel(from)) return failed(modelsMissing(model.from, place));
  if (candidates.length > 1) {
    return failed(
      modelAmbiguous(
        model.from,
        candidates.map((candidate) => candidate.id),
        place,
      ),
    );
  }
  const all = [...byName.values()].flat();
  const evaluate =
    evaluations.get(from.id) ??
    all.find((other) => usesOf(other) === 'evaluate' && models.get(other.id)?.includes(from.id));
  if (evaluate === undefined && (model.gates ?? []).length > 0)
    return failed(evaluationMissing(model.from, place));
  return success({ from, ...(evaluate === undefined ? {} : { evaluate }) });
}
