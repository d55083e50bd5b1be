import { mkdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type {
  BatchJob,
  BatchPlan,
  BatchProgress,
  BatchReport,
  KeptColumns,
  TableFormat,
} from '../batch/index.ts';
import { formatUnknown, planBatch, scoreBatch } from '../batch/index.ts';
import { resolveSources } from '../data/index.ts';
import { manifestFile } from '../servable/index.ts';
import type { NamedFile } from '../sql/index.ts';
import type { Effects } from './effects.ts';
import type { ObjectFiles } from './object-files.ts';
import { isObject, objectFiles } from './object-files.ts';
import { openRegistry } from './open-registry.ts';
import { packServable } from './pack-servable.ts';

export interface PredictOptions {
  /** Reference of a model, or the folder of a servable. */
  readonly model: string;
  /** CSV or Parquet: a file or a glob, also of `s3://`. */
  readonly input: string;
  /** A file that ends with `.csv` or `.parquet`, also `s3://`. */
  readonly output: string;
  /** `all`, `key`, `none`, or names separated by commas. Default: `all`. */
  readonly columns?: string;
  readonly prefix?: string;
  /** Default: the output's name with `.rejects.jsonl`. */
  readonly rejects?: string;
  /** Share of rows. Default: 0. */
  readonly maxRejects?: number;
  readonly delimiter?: string;
  /** Default: a thread for each core. */
  readonly threads?: number;
  readonly memory?: string;
}

export interface PredictEffects extends Pick<Effects, 'cwd' | 'env' | 'machine' | 'signal'> {
  readonly onProgress?: (progress: BatchProgress) => void;
}

/** Scores the rows of files into a file. */
export async function predict(
  options: PredictOptions,
  effects: PredictEffects,
): Promise<Result<BatchReport, readonly Failure[]>> {
  const objects = objectsOf(options, effects);
  const job = await jobOf(options, effects, objects);
  if (!job.ok) return job;
  const { signal, onProgress } = effects;
  const done = await scoreBatch(job.value, { signal, ...(onProgress === undefined ? {} : { onProgress }) });
  if (!done.ok) return done;
  const { output } = options;
  const rejects = rejectsName(options);
  for (const name of done.value.rejected > 0 ? [output, rejects] : [output]) {
    const failure = isObject(name) ? await objects.store(name) : undefined;
    if (failure !== undefined) return failed([failure]);
  }
  await objects.remove();
  return success({
    ...done.value,
    ...(isObject(output) ? { output } : {}),
    ...(isObject(rejects) && done.value.rejected > 0 ? { rejects } : {}),
  });
}

/** What `predict` would do. */
export async function planPrediction(
  options: PredictOptions,
  effects: PredictEffects,
): Promise<Result<BatchPlan, readonly Failure[]>> {
  const job = await jobOf(options, effects, objectsOf(options, effects));
  return job.ok ? await planBatch(job.value) : job;
}

async function jobOf(
  options: PredictOptions,
  effects: PredictEffects,
  objects: ObjectFiles,
): Promise<Result<BatchJob, readonly Failure[]>> {
  const { cwd, machine } = effects;
  const place = (name: string): string => (isObject(name) ? objects.local(name) : resolve(cwd, name));
  const output = place(options.output);
  const outputFormat = formatOf(output);
  if (outputFormat === undefined)
    return failed([formatUnknown(options.output, 'output', '.parquet or .csv')]);
  const rejects = place(rejectsName(options));
  const rejectsFormat = /\.(jsonl|parquet)$/.exec(rejects)?.[1] as 'jsonl' | 'parquet' | undefined;
  if (rejectsFormat === undefined)
    return failed([formatUnknown(options.rejects ?? rejects, 'rejects', '.jsonl or .parquet')]);
  for (const [name, path] of [
    [options.output, output],
    [rejectsName(options), rejects],
  ] as const)
    if (isObject(name)) await mkdir(dirname(path), { recursive: true });
  const files = await inputFiles(options.input, cwd, objects);
  if (!files.ok) return files;
  const servable = await servableFolder(options.model, effects);
  if (!servable.ok) return servable;
  return success({
    servable: servable.value,
    ...files.value,
    ...(options.delimiter === undefined ? {} : { delimiter: options.delimiter }),
    output,
    outputFormat,
    rejects,
    rejectsFormat,
    columns: keptColumns(options.columns ?? 'all'),
    prefix: options.prefix ?? '',
    maxRejects: options.maxRejects ?? 0,
    threads: options.threads ?? machine.cpus,
    work: `${output}.parts`,
    ...(options.memory === undefined ? {} : { memoryLimit: options.memory }),
  });
}

/** A glob of files anywhere: the data of whoever calls need not be in the repository. */
async function inputFiles(
  input: string,
  cwd: string,
  objects: ObjectFiles,
): Promise<Result<Pick<BatchJob, 'files' | 'format'>, readonly Failure[]>> {
  const found = isObject(input) ? await objects.fetch(input) : await localFiles(input, cwd);
  if (!found.ok) return failed([found.failure]);
  const files = found.value;
  const formats = new Set(files.map(({ path }) => formatOf(path)));
  const [format] = formats;
  if (formats.size > 1 || format === undefined) {
    const odd = files.find(({ path }) => formatOf(path) === undefined || formatOf(path) !== format);
    return failed([formatUnknown(odd?.shown ?? input, 'input', '.csv or .parquet, all of the same')]);
  }
  return success({ files, format });
}

async function localFiles(input: string, cwd: string): Promise<Result<readonly NamedFile[], Failure>> {
  const found = await resolveSources('/', resolve(cwd, input));
  if (!found.ok) return found;
  const files = found.value.map(({ absolute }): NamedFile => {
    const near = relative(cwd, absolute);
    const shown = near.startsWith('..') || isAbsolute(near) ? absolute : near;
    return { path: absolute, shown: shown.split(sep).join('/') };
  });
  return success(files);
}

function objectsOf(options: PredictOptions, effects: PredictEffects): ObjectFiles {
  return objectFiles([options.input, options.output, rejectsName(options)], effects);
}

function rejectsName({ rejects, output }: PredictOptions): string {
  return rejects ?? `${output}.rejects.jsonl`;
}

function formatOf(path: string): TableFormat | undefined {
  return /\.(csv|parquet)$/i.exec(basename(path))?.[1]?.toLowerCase() as TableFormat | undefined;
}

function keptColumns(text: string): KeptColumns {
  return text === 'all' || text === 'key' || text === 'none'
    ? text
    : text.split(',').map((name) => name.trim());
}

/** The folder of a servable: as named, or packed from what the reference stands for. */
export async function servableFolder(
  reference: string,
  effects: Pick<Effects, 'cwd' | 'env' | 'signal'>,
): Promise<Result<string, readonly Failure[]>> {
  const folder = resolve(effects.cwd, reference);
  const isServable = await stat(join(folder, manifestFile)).then(
    (facts) => facts.isFile(),
    () => false,
  );
  if (isServable) return success(folder);
  const opened = await openRegistry(effects);
  if (!opened.ok) return opened;
  const packed = await packServable(reference, { ...opened.value, cwd: effects.cwd });
  return packed.ok ? success(packed.value.folder) : packed;
}
