import { realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Failure, Json, Result } from '../base/index.ts';
import { digestOfJson, failed, success } from '../base/index.ts';
import type { BrokenRule, Contract } from '../contract/index.ts';
import { rowRules, typedColumns } from '../contract/index.ts';
import type { Servable } from '../servable/index.ts';
import { checkGolden, modelFile, openServable } from '../servable/index.ts';
import type { RowSource, SqlSession } from '../sql/index.ts';
import { openSession, openSource } from '../sql/index.ts';
import type { BatchJob, BatchPlan } from './batch-job.ts';
import type { FeatureColumn, OutputColumns } from './columns.ts';
import { featureColumns, outputColumns } from './columns.ts';
import { outputIsInput, outputUnwritable } from './failures.ts';
import type { JobIdentity } from './work-folder.ts';

/** A job whose model and input were looked at: nothing was written yet. */
export interface OpenJob extends AsyncDisposable {
  readonly session: SqlSession;
  readonly servable: Servable;
  readonly model: string;
  readonly contract: Contract;
  readonly source: RowSource;
  readonly plan: BatchPlan;
  readonly identity: JobIdentity;
  readonly output: OutputColumns;
  readonly features: readonly FeatureColumn[];
  readonly rules: readonly BrokenRule[];
  /** For `FROM`: rows as the rules see them, from rows as the source has them. */
  rowsOf(scan: string): string;
}

/** Stands for the rows of a part in SQL that is made once: a connection does one thing at a time. */
const anyRows = '(the rows of a part)';

/** Version of the parts and of what is in them. */
const format = 1;

export async function openJob(job: BatchJob): Promise<Result<OpenJob, readonly Failure[]>> {
  const clash = await refusePaths(job);
  if (clash !== undefined) return failed([clash]);
  const opened = await openServable(job.servable);
  if (!opened.ok) return failed([opened.failure]);
  const servable = opened.value;
  const session = await openSession({
    threads: job.threads,
    memoryLimit: job.memoryLimit ?? '1GB',
    allowedPaths: [...job.files.map(({ path }) => path), `${job.work}/`],
    spillFolder: join(job.work, 'spill'),
  });
  const dispose = async (): Promise<void> => {
    await session[Symbol.asyncDispose]();
    await servable[Symbol.asyncDispose]();
  };
  const described = await describeJob(job, servable, session).catch(async (error: unknown) => {
    await dispose();
    throw error;
  });
  if (!described.ok) {
    await dispose();
    return described;
  }
  return success({ ...described.value, session, servable, [Symbol.asyncDispose]: dispose });
}

type Described = Omit<OpenJob, 'session' | 'servable' | typeof Symbol.asyncDispose>;

async function describeJob(
  job: BatchJob,
  servable: Servable,
  session: SqlSession,
): Promise<Result<Described, readonly Failure[]>> {
  const golden = await checkGolden(servable);
  if (!golden.ok) return failed([golden.failure]);
  const opened = await openSource(session, {
    files: job.files,
    format: job.format,
    ...(job.delimiter === undefined ? {} : { delimiter: job.delimiter }),
  });
  if (!opened.ok) return opened;
  const source = opened.value;
  const contract = rowContract(servable);
  const { rules, rows, columns } = await rowRules(session, contract, { ...source, scan: anyRows });
  const features = featureColumns(servable.columns, columns, source);
  if (!features.ok) return features;
  const typed = new Map(typedColumns(contract, source).map(({ name, value }) => [name, value]));
  const output = outputColumns(job, { servable, source, typed });
  if (!output.ok) return output;
  const { manifest } = servable;
  const declared = new Set(manifest.columns.map(({ name }) => name));
  const plan: BatchPlan = {
    model: manifest.model,
    modelVersion: manifest.modelVersion,
    digest: manifest.digest,
    rows: source.rows,
    files: source.files.map(({ shown, rows }) => ({ file: shown, rows })),
    columns: [...output.value.kept, ...output.value.answers].map(({ name }) => name),
    unchecked: source.columns.map(({ name }) => name).filter((name) => !declared.has(name)),
  };
  return success({
    model: join(job.servable, modelFile),
    contract,
    source,
    plan,
    output: output.value,
    identity: await identify(job, servable),
    features: features.value,
    rules,
    rowsOf: (scan) => rows.split(anyRows).join(scan),
  });
}

/** What decides the bytes of the parts, each for its reason. */
async function identify(job: BatchJob, { manifest }: Servable): Promise<JobIdentity> {
  // When nobody wrote to a file, its bytes are those that they were; a digest of them would cost a reading more.
  const input = await Promise.all(
    job.files.map(async ({ path, shown }) => {
      const { size, mtimeNs } = await stat(path, { bigint: true });
      return { path, shown, bytes: String(size), modified: String(mtimeNs) };
    }),
  );
  const { columns, outputFormat, prefix, delimiter = ',', partRows = null } = job;
  return {
    format,
    // The answers, the checks, and what the metadata says.
    model: digestOfJson({ ...manifest, golden: [] } as unknown as Json),
    input: digestOfJson({ format: job.format, delimiter, files: input }),
    options: digestOfJson({ columns, outputFormat, prefix, partRows } as Json),
  };
}

/** The contract of single rows: what a request may hold. */
function rowContract({ manifest }: Servable): Contract {
  return {
    id: manifest.lineage.contract?.id ?? manifest.model,
    version: manifest.lineage.contract?.version ?? '0',
    name: manifest.model,
    file: 'model.json',
    digest: manifest.digest,
    columns: manifest.columns,
    metrics: [],
    notChecked: [],
  };
}

async function refusePaths({ files, output, rejects }: BatchJob): Promise<Failure | undefined> {
  for (const path of [output, rejects]) {
    const folder = await realpath(dirname(path)).catch((error: unknown) => outputUnwritable(path, error));
    if (typeof folder !== 'string') return folder;
    const facts = await stat(path).catch(() => undefined);
    if (facts?.isDirectory() === true) return outputUnwritable(path, new Error('it is a folder'));
    const real = await realpath(path).catch(() => path);
    for (const file of files)
      if ((await realpath(file.path).catch(() => file.path)) === real) return outputIsInput(file.shown);
  }
  return undefined;
}
