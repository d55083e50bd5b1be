import { stat } from 'node:fs/promises';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { engineFailed } from '../sql/index.ts';
import { assembleOutput, assembleRejects } from './assemble.ts';
import type { BatchJob, BatchPlan, BatchReport, BatchWorld } from './batch-job.ts';
import { inputChanged, interrupted, outputUnwritable } from './failures.ts';
import type { OpenJob } from './open-job.ts';
import { openJob } from './open-job.ts';
import type { Part } from './part.ts';
import { partsOf } from './part.ts';
import { countRules } from './rejects.ts';
import { scorePart } from './score-part.ts';
import { openScorers } from './scoring/open-scorers.ts';
import { stageCsv } from './stage-csv.ts';
import type { PartFacts, WorkFolder } from './work-folder.ts';
import { openWorkFolder } from './work-folder.ts';
import { writePart } from './write-part.ts';

const defaultPartRows = 245_760;

/** What a job would do, after every look at model and input that it takes; nothing is written. */
export async function planBatch(job: BatchJob): Promise<Result<BatchPlan, readonly Failure[]>> {
  const opened = await openJob(job);
  if (!opened.ok) return opened;
  await using open = opened.value;
  return success(open.plan);
}

/**
 * Scores tables: DuckDB reads and writes, threads ask the model, part by part, in memory that does not grow with the rows.
 * The output has the rows in the order of the input. Rows that break the contract are not in it, but among the rejects,
 * each with its reasons. A job that was interrupted, however hard, goes on with the last whole part.
 */
export async function scoreBatch(
  job: BatchJob,
  world: BatchWorld = {},
): Promise<Result<BatchReport, readonly Failure[]>> {
  const opened = await openJob(job);
  if (!opened.ok) return opened;
  await using open = opened.value;
  const before = await stampsOf(job);
  let folder: WorkFolder;
  try {
    folder = await openWorkFolder(job.work, open.identity, job.outputFormat);
  } catch (error) {
    return failed([outputUnwritable(job.work, error)]);
  }
  const parts = partsOf(open.source.rows, job.partRows ?? defaultPartRows);
  const whole = new Map(await folder.wholeParts(parts));
  const resumed = sum([...whole.values()].map(({ rows }) => rows));
  try {
    const failure = await scoreParts(job, open, folder, parts, whole, world);
    if (failure !== undefined) return failed([failure]);
    const changed = await changedFile(job, before);
    if (changed !== undefined) return failed([inputChanged(changed)]);
    const facts = [...whole.values()];
    const scored = sum(facts.map((part) => part.scored));
    const rejected = open.source.rows - scored;
    await assembleRejects(open.session, parts, folder, job, rejected);
    await assembleOutput(open.session, parts, folder, job, open.output);
    await folder.remove();
    return success({
      ...open.plan,
      ...judge(open.source.rows, rejected, job.maxRejects),
      scored,
      rejected,
      broken: countRules(facts.map(({ broken }) => broken)),
      output: job.output,
      ...(rejected === 0 ? {} : { rejects: job.rejects }),
      resumed,
      ...(folder.startedAnew === undefined ? {} : { startedAnew: folder.startedAnew }),
    });
  } catch (error) {
    if (world.signal?.aborted === true) return failed([interrupted(job.work)]);
    const isFile = error instanceof Error && 'syscall' in error;
    return failed([
      isFile ? outputUnwritable(job.output, error) : engineFailed('the rows could not be scored', error),
    ]);
  }
}

/** Reads one part while the one before it is answered and written. */
async function scoreParts(
  job: BatchJob,
  open: OpenJob,
  folder: WorkFolder,
  parts: readonly Part[],
  whole: Map<number, PartFacts>,
  { signal, onProgress }: BatchWorld,
): Promise<Failure | undefined> {
  const left = parts.filter(({ index }) => !whole.has(index));
  if (left.length === 0) return undefined;
  const { session, servable, plan } = open;
  let source = open.source;
  if (job.format === 'csv') {
    const staged = await stageCsv(session, source, folder.file('rows.parquet'));
    if (!staged.ok) return staged.failure[0];
    source = staged.value;
  }
  const scorers = await openScorers(open.model, job.threads);
  if (!scorers.ok) return scorers.failure;
  await using asked = scorers.value;

  const resumed = sum([...whole.values()].map(({ rows }) => rows));
  let done = resumed;
  const onRows = (rows: number): void => {
    done += rows;
    onProgress?.({ rows: done, total: plan.rows, resumed });
  };
  const width = servable.info.task === 'regression' ? 1 : servable.info.classes.length;
  let last: Promise<Failure | undefined> = Promise.resolve(undefined);
  for (const part of left) {
    if (signal?.aborted === true) break;
    const { done: answered } = await scorePart(part, {
      session,
      scorers: asked,
      features: open.features,
      rules: open.rules,
      rows: open.rowsOf(source.slice(part.from, part.to)),
      width,
      signal,
      work: job.work,
      onRows,
    });
    const failure = await last;
    if (failure !== undefined) return failure;
    last = answered.then(async (scored) => {
      if (!scored.ok) return scored.failure;
      const facts = await writePart(part, scored.value, {
        session,
        source,
        rules: open.rules,
        output: open.output,
        format: job.outputFormat,
        manifest: servable.manifest,
        folder,
      });
      whole.set(part.index, facts);
      return undefined;
    });
    last.catch(() => undefined);
  }
  return (await last) ?? (signal?.aborted === true ? interrupted(job.work) : undefined);
}

function judge(rows: number, rejected: number, maxRejects: number): Pick<BatchReport, 'verdict' | 'because'> {
  if (rows === 0) return { verdict: 'pass', because: 'the input has no rows' };
  const share = rejected / rows;
  if (rejected === 0) return { verdict: 'pass', because: 'every row was scored' };
  const said = `${rejected} of ${rows} rows were rejected, ${percent(share)}`;
  return share > maxRejects
    ? {
        verdict: 'fail',
        because: `${said}; ${maxRejects === 0 ? 'none' : `at most ${percent(maxRejects)}`} may be`,
      }
    : { verdict: 'pass', because: `${said}; up to ${percent(maxRejects)} may be` };
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

async function stampsOf({ files }: BatchJob): Promise<readonly string[]> {
  return Promise.all(
    files.map(async ({ path }) => {
      const { size, mtimeNs, ino } = await stat(path, { bigint: true });
      return `${size} ${mtimeNs} ${ino}`;
    }),
  );
}

async function changedFile(job: BatchJob, before: readonly string[]): Promise<string | undefined> {
  const now = await stampsOf(job);
  return job.files.find((_, i) => now[i] !== before[i])?.shown;
}
