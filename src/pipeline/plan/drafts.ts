import type { Failure, Result } from '../../base/index.ts';
import { failed, success, topologicalOrder } from '../../base/index.ts';
import type { Baseline } from '../../evaluate/index.ts';
import { outputFiles } from '../../steps/index.ts';
import type { RunStep } from '../file.ts';
import type { Pipeline } from '../pipeline.ts';
import type { OutputReference, PlannedStep, StepId } from '../plan.ts';
import type { BuiltIn } from './built-in.ts';
import { chooseStep, evaluateStep, gatesStep, prepareStep, trainStep, validateStep } from './built-in.ts';
import type { Machine } from './code.ts';
import { codeInputs } from './code.ts';
import { clashes, commandOf } from './command.ts';
import type { Environment } from './contexts.ts';
import type { EstimatorOptions } from './estimator-options.ts';
import { loadEstimatorOptions } from './estimator-options.ts';
import { planCycle } from './failures.ts';
import { joinInputs } from './fingerprint.ts';
import type { Instance } from './instances.ts';
import { instancesOfPipeline } from './instances.ts';
import type { Links } from './links.ts';
import { linkInstances, listOf, needsOf } from './links.ts';
import type { Params } from './params.ts';
import { datasetInputs, depInputs } from './sources.ts';
import type { StatCache } from './stat-cache.ts';

/** A planned step before it is decided whether it must run. */
export type Draft = Omit<PlannedStep, 'decision'>;

export interface DraftSources {
  readonly pipeline: Pipeline;
  readonly params: Params;
  readonly env: Environment;
  readonly baselines: readonly Baseline[];
  readonly machine: Machine;
  readonly files: StatCache;
  /** Keys or ids of the steps that are executed here; without it all. */
  readonly only?: readonly string[] | undefined;
}

/** Every step of the pipeline, those that the file does not name too, in an order in which they can run. */
export async function draftSteps(
  sources: DraftSources,
): Promise<Result<readonly Draft[], readonly Failure[]>> {
  const { pipeline, params, env } = sources;
  const instances = instancesOfPipeline(pipeline, params, env);
  if (!instances.ok) return instances;
  const links = linkInstances(pipeline, instances.value);
  if (!links.ok) return links;
  const optionsOf = await loadEstimatorOptions(instances.value);
  const drafts: Draft[] = [];
  const failures: Failure[] = [];
  for (const name of preparedDatasets(links.value)) drafts.push(await dataDraft(sources, links.value, name));
  // Outputs are handed over by name, so what a step gives must be known before the steps that need it.
  const outputs = new Map(drafts.map((draft) => [draft.id, draft.outputs]));
  for (const instance of inOrder(links.value)) {
    const draft = await draftOf({ ...sources, instance, links: links.value, outputs, optionsOf });
    if (draft.ok) {
      drafts.push(draft.value);
      outputs.set(draft.value.id, draft.value.outputs);
    } else failures.push(...draft.failure);
  }
  const gates = gatesStep(pipeline, links.value, sources.baselines);
  if (gates !== undefined) drafts.push(gatesDraft(gates, sources));
  if (failures.length > 0) return failed(failures);
  const byId = new Map(drafts.map((draft) => [draft.id, draft]));
  const { order, cycles } = topologicalOrder(new Map(drafts.map((draft) => [draft.id, draft.needs])));
  if (cycles[0] !== undefined) return failed([planCycle(cycles[0], pipeline.place(['steps']))]);
  return success(order.map((id) => byId.get(id)!));
}

interface Surroundings extends DraftSources {
  readonly instance: Instance;
  readonly links: Links;
  readonly optionsOf: EstimatorOptions;
  /** Names of the outputs of the steps that come before. */
  readonly outputs: ReadonlyMap<StepId, readonly string[]>;
}

async function draftOf(around: Surroundings): Promise<Result<Draft, readonly Failure[]>> {
  const { pipeline, instance, links, machine } = around;
  const { file } = instance;
  if ('run' in file) return commandDraft({ ...around, instance: { ...instance, file } });
  const work = builtInOf(around);
  if (!work.ok) return work;
  const { request, reads, inputs } = work.value;
  return success({
    ...commonParts(instance, links, reads),
    work: { kind: 'builtin', request },
    outputs: Object.keys(outputFiles(request)),
    reads,
    inputs: {
      ...inputs,
      ...(request.uses === 'validate'
        ? await datasetInputs(pipeline.root, request.dataset, around.files)
        : {}),
      ...codeInputs(request.uses, machine),
    },
  });
}

function builtInOf({
  pipeline,
  instance,
  links,
  optionsOf,
}: Surroundings): Result<BuiltIn, readonly Failure[]> {
  const { file } = instance;
  if ('run' in file) throw new TypeError('a command is no built-in step');
  switch (file.uses) {
    case 'validate':
      return success(validateStep(pipeline, instance));
    case 'train':
      return trainStep(pipeline, instance, links, optionsOf);
    case 'evaluate':
      return evaluateStep(pipeline, instance, links.models.get(instance.id)!);
    case 'choose':
      return success(chooseStep(instance, links));
  }
}

function commandDraft(
  around: Surroundings & { readonly instance: { readonly file: RunStep } },
): Result<Draft, readonly Failure[]> {
  const { pipeline, instance, links, params, env, machine, files } = around;
  const datasets = links.datasets.get(instance.id)!;
  const isHere =
    around.only === undefined ||
    around.only.some((name) => name === 'all' || name === instance.id || name === instance.name);
  const platform = machine.platform;
  const command = commandOf({ pipeline, instance, params, env, datasets, platform, isHere });
  if (!command.ok) return command;
  const failures: Failure[] = [];
  const rows = datasets.map((name): OutputReference => {
    const format = pipeline.datasets.get(name)!.format;
    return { step: `data.${name}`, output: format === 'csv' ? 'train-csv' : 'train' };
  });
  const given = needsOf(instance)
    .flatMap((name) => links.byName.get(name) ?? [])
    .flatMap((need) =>
      (around.outputs.get(need.id) ?? []).filter(isStable).map((output) => ({ step: need.id, output })),
    );
  const reads = [...rows, ...given];
  failures.push(...clashes(instance, command.value.work, reads));
  const { folder } = pipeline;
  const deps = depInputs({ folder, patterns: instance.file.deps ?? [], files, instance, failures });
  if (failures.length > 0) return failed(failures);
  return success({
    ...commonParts(instance, links, reads),
    work: command.value.work,
    outputs: Object.keys(command.value.work.outs),
    reads,
    inputs: joinInputs(command.value.inputs, deps),
  });
}

/** Times are measured anew whenever a step runs; what depended on them would never be as before. */
function isStable(output: string): boolean {
  return output !== 'latency';
}

function commonParts(
  instance: Instance,
  links: Links,
  reads: readonly OutputReference[],
): Omit<Draft, 'work' | 'outputs' | 'reads' | 'inputs'> {
  const { file } = instance;
  const declared = needsOf(instance).flatMap((name) => (links.byName.get(name) ?? []).map((need) => need.id));
  const condition = file.if === undefined ? undefined : String(file.if);
  return {
    id: instance.id,
    step: instance.name,
    matrix: instance.matrix,
    needs: [...new Set([...declared, ...reads.map((reference) => reference.step)])],
    ...(condition === undefined ? {} : { condition }),
    retry: file.retry ?? 0,
    ...(file['timeout-minutes'] === undefined ? {} : { timeoutMinutes: file['timeout-minutes'] }),
    continueOnError: file['continue-on-error'] ?? false,
    ...(file.cache === false ? { cache: false } : {}),
    ...(file['runs-on'] === undefined ? {} : { runsOn: listOf(file['runs-on']) }),
  };
}

/** A step of the plan that the file does not name. */
function implicitParts(id: StepId): Pick<Draft, 'id' | 'step' | 'matrix' | 'retry' | 'continueOnError'> {
  return { id, step: id, matrix: {}, retry: 0, continueOnError: false };
}

async function dataDraft(
  { pipeline, machine, files }: DraftSources,
  links: Links,
  name: string,
): Promise<Draft> {
  const dataset = pipeline.datasets.get(name)!;
  const { request, reads, inputs } = prepareStep(pipeline, dataset);
  return {
    ...implicitParts(`data.${name}`),
    needs: links.validators.get(name) ?? [],
    work: { kind: 'builtin', request },
    outputs: Object.keys(outputFiles(request)),
    reads,
    inputs: {
      ...inputs,
      ...(await datasetInputs(pipeline.root, dataset, files)),
      ...codeInputs('prepare', machine),
    },
  };
}

function gatesDraft({ request, reads, inputs }: BuiltIn, { machine }: DraftSources): Draft {
  return {
    ...implicitParts('gates'),
    needs: [...new Set(reads.map((reference) => reference.step))],
    work: { kind: 'builtin', request },
    outputs: Object.keys(outputFiles(request)),
    reads,
    inputs: { ...inputs, ...codeInputs('gates', machine) },
  };
}

/** The datasets whose rows some step reads. A validation reads the source itself. */
function preparedDatasets(links: Links): readonly string[] {
  const names = links.instances.flatMap((instance) =>
    'uses' in instance.file && instance.file.uses === 'validate'
      ? []
      : (links.datasets.get(instance.id) ?? []),
  );
  return [...new Set(names)];
}

function inOrder(links: Links): readonly Instance[] {
  const needs = new Map([...links.byName].map(([name, [first]]) => [name, needsOf(first!)]));
  return topologicalOrder(needs).order.flatMap((name) => links.byName.get(name) ?? []);
}
