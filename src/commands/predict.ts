import { stat } from 'node:fs/promises';
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path';
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
import { openRegistry } from './open-registry.ts';
import { packServable } from './pack-servable.ts';

export interface PredictOptions {
  /** Reference of a model, or the folder of a servable. */
  readonly model: string;
  /** CSV or Parquet: a file or a glob. */
  readonly input: string;
  /** A file that ends with `.csv` or `.parquet`. */
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
  const job = await jobOf(options, effects);
  if (!job.ok) return job;
  const { signal, onProgress } = effects;
  return await scoreBatch(job.value, { signal, ...(onProgress === undefined ? {} : { onProgress }) });
}

/** What `predict` would do. */
export async function planPrediction(
  options: PredictOptions,
  effects: PredictEffects,
): Promise<Result<BatchPlan, readonly Failure[]>> {
  const job = await jobOf(options, effects);
  return job.ok ? await planBatch(job.value) : job;
}

async function jobOf(
  options: PredictOptions,
  effects: PredictEffects,
): Promise<Result<BatchJob, readonly Failure[]>> {
  const { cwd, machine } = effects;
  const output = resolve(cwd, options.output);
  const outputFormat = formatOf(output);
  if (outputFormat === undefined)
    return failed([formatUnknown(options.output, 'output', '.parquet or .csv')]);
  const rejects = resolve(cwd, options.rejects ?? `${options.output}.rejects.jsonl`);
  const rejectsFormat = /\.(jsonl|parquet)$/.exec(rejects)?.[1] as 'jsonl' | 'parquet' | undefined;
  if (rejectsFormat === undefined)
    return failed([formatUnknown(options.rejects ?? rejects, 'rejects', '.jsonl or .parquet')]);
  const files = await inputFiles(options.input, cwd);
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
): Promise<Result<Pick<BatchJob, 'files' | 'format'>, readonly Failure[]>> {
  const found = await resolveSources('/', resolve(cwd, input));
  if (!found.ok) return failed([found.failure]);
  const files = found.value.map(({ absolute }): NamedFile => {
    const near = relative(cwd, absolute);
    const shown = near.startsWith('..') || isAbsolute(near) ? absolute : near;
    return { path: absolute, shown: shown.split(sep).join('/') };
  });
  const formats = new Set(files.map(({ path }) => formatOf(path)));
  const [format] = formats;
  if (formats.size > 1 || format === undefined) {
    const odd = files.find(({ path }) => formatOf(path) === undefined || formatOf(path) !== format);
    return failed([formatUnknown(odd?.shown ?? input, 'input', '.csv or .parquet, all of the same')]);
  }
  return success({ files, format });
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
