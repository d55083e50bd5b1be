import type { Failure, Json, JsonScalar, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import { evaluateTemplate } from '../expressions.ts';
import type { RunStep } from '../file.ts';
import type { Pipeline } from '../pipeline.ts';
import type { OutputReference, Work } from '../plan.ts';
import type { Environment } from './contexts.ts';
import { envClash, envReserved, secretMissing } from './failures.ts';
import type { Inputs } from './fingerprint.ts';
import type { Instance } from './instances.ts';
import { isLate } from './instances.ts';
import type { Params } from './params.ts';

export type CommandWork = Extract<Work, { kind: 'command' }>;

/** What a command is, before digests of files are known. */
export interface Command {
  readonly work: CommandWork;
  readonly inputs: Inputs;
}

export interface CommandSources {
  readonly pipeline: Pipeline;
  readonly instance: Instance & { readonly file: RunStep };
  readonly params: Params;
  readonly env: Environment;
  readonly datasets: readonly string[];
  readonly platform: string;
  /** It is executed by this job, which therefore needs its secrets. */
  readonly isHere: boolean;
}

export function commandOf(sources: CommandSources): Result<Command, readonly Failure[]> {
  const { pipeline, instance, params, datasets } = sources;
  const { file, place } = instance;
  const failures: Failure[] = [];
  const written: Record<string, JsonScalar> = file.env ?? {};
  const open = isLate(file.run) || isLate(written as Json);
  const compute = (value: JsonScalar, ...at: readonly string[]): string => {
    if (open) return String(value ?? '');
    const result = evaluateTemplate(value, instance.contexts, place(...at));
    if (result.ok) return String(result.value ?? '');
    failures.push(result.failure);
    return '';
  };
  for (const name of Object.keys(written)) {
    if (name.startsWith('TRAINYARD_')) failures.push(envReserved(name, place('env', name)));
  }
  for (const name of file.secrets ?? []) {
    if (sources.isHere && (sources.env[name] ?? '') === '')
      failures.push(secretMissing(name, place('secrets')));
  }
  const seen = file.params === undefined ? params : pick(params, file.params);
  const work: CommandWork = {
    kind: 'command',
    run: compute(file.run, 'run'),
    workingDirectory: pipeline.folder,
    env: Object.fromEntries(
      Object.entries(written).map(([name, value]) => [name, compute(value, 'env', name)]),
    ),
    secrets: file.secrets ?? [],
    data: datasets,
    params: seen,
    outs: file.outs ?? {},
    open,
  };
  return failures.length > 0 ? failed(failures) : success({ work, inputs: commandInputs(sources, work) });
}

function commandInputs({ instance, platform }: CommandSources, work: CommandWork): Inputs {
  const inputs: Record<string, { readonly value: Json }> = {
    run: { value: work.run },
    platform: { value: platform },
  };
  const add = (kind: string, values: Readonly<Record<string, JsonScalar>>): void => {
    for (const [name, value] of Object.entries(values)) inputs[`${kind}:${name}`] = { value };
  };
  add('out', work.outs);
  add('env', work.env);
  add('param', work.params);
  add('matrix', instance.matrix);
  add('secret', Object.fromEntries(work.secrets.map((name) => [name, 'handed over'])));
  return inputs;
}

function pick(params: Params, names: readonly string[]): Params {
  return Object.fromEntries(names.flatMap((name) => (name in params ? [[name, params[name]!]] : [])));
}

/** `train-model` of `train[random-forest]` becomes `TRAIN_RANDOM_FOREST`: what a shell can name. */
export function variableName(...parts: readonly string[]): string {
  return parts
    .join('_')
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

/** The variables by which a command gets the files that it reads, by name of the output that each stands for. */
export function inputVariables(
  work: CommandWork,
  reads: readonly OutputReference[],
): ReadonlyMap<string, OutputReference> {
  const variables = new Map<string, OutputReference>();
  for (const reference of reads) variables.set(variableOf(work, reference), reference);
  return variables;
}

export function clashes(instance: Instance, work: CommandWork, reads: readonly OutputReference[]): Failure[] {
  const taken = new Map<string, string>();
  return reads.flatMap((reference) => {
    const variable = variableOf(work, reference);
    const text = `${reference.step}/${reference.output}`;
    const other = taken.get(variable);
    taken.set(variable, text);
    return other === undefined ? [] : [envClash(variable, [other, text], instance.place())];
  });
}

function variableOf(work: CommandWork, { step, output }: OutputReference): string {
  const dataset = work.data.find((name) => step === `data.${name}`);
  if (dataset !== undefined) return `TRAINYARD_DATA_${variableName(dataset)}`;
  return `TRAINYARD_IN_${variableName(step, output)}`;
}
