import { resolve } from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type {
  Exported,
  ExportFormat,
  ReadRecords,
  RunHistory,
  RunRecord,
  RunsFailure,
} from '../runs/index.ts';
import { exportCancelled, openRuns, writeExport } from '../runs/index.ts';
import type { Effects } from './effects.ts';
import { openProject } from './open-project.ts';

export interface ExportRunsOptions {
  readonly to: ExportFormat;
  /** Relative to the folder that the verb was started in. */
  readonly output: string;
  readonly pipeline?: string;
  /** Only these, in this order. */
  readonly run?: readonly string[];
  /** Only runs that meet it, as in `runs list`. */
  readonly where?: string;
  /** At most so many, from the newest on; default all. */
  readonly limit?: number;
  readonly force?: boolean;
  readonly escapeFormulas?: boolean;
  /** Count, and write nothing. */
  readonly dryRun?: boolean;
}

export interface ExportReport extends Exported {
  /** Files that cannot be read as records; they are left out. */
  readonly damaged: readonly RunsFailure[];
}

/** Writes recorded runs in the form of another tool. */
export async function exportRuns(
  options: ExportRunsOptions,
  effects: Pick<Effects, 'cwd' | 'env' | 'signal'>,
): Promise<Result<ExportReport, readonly Failure[]>> {
  const opened = await openProject(effects);
  if (!opened.ok) return opened;
  const { project, repository, root } = opened.value;
  const history = openRuns({ repository, branch: project.runs.branch, root });
  const damaged: RunsFailure[] = [];
  const read: ReadRecords = (each) => readSelected(history, options, effects.signal, damaged, each);
  const output = resolve(effects.cwd, options.output);
  if (options.dryRun === true) {
    let runs = 0;
    const counted = await read(async () => {
      runs++;
    });
    return counted.ok ? success({ to: options.to, output, runs, formulas: [], damaged }) : counted;
  }
  const exported = await writeExport(options.to, {
    output,
    force: options.force === true,
    escapeFormulas: options.escapeFormulas === true,
    read,
    signal: effects.signal,
  });
  return exported.ok ? success({ ...exported.value, damaged }) : exported;
}

/** So many records are in memory at a time. */
const page = 500;

async function readSelected(
  history: RunHistory,
  { pipeline, run, where, limit = Number.POSITIVE_INFINITY, to }: ExportRunsOptions,
  signal: AbortSignal,
  damaged: RunsFailure[],
  each: (record: RunRecord) => Promise<void>,
): Promise<Result<void, readonly Failure[]>> {
  const most = to === 'dvc' ? 1 : limit;
  if (run !== undefined) {
    for (const reference of run.slice(0, most)) {
      const found = await history.find(reference, pipeline);
      if (!found.ok) return failed([found.failure]);
      await each(found.value);
    }
    return success(undefined);
  }
  let only: ReadonlySet<string> | undefined;
  if (where !== undefined) {
    const asked = await history.ask({ where, ...(pipeline === undefined ? {} : { pipeline }) });
    if (!asked.ok) return failed([asked.failure]);
    only = new Set(asked.value.runs.map(({ id }) => id));
  }
  let left = most;
  let before: string | undefined;
  while (left > 0) {
    const asked = Math.min(page, left);
    const listed = await history.list({
      limit: asked,
      ...(pipeline === undefined ? {} : { pipeline }),
      ...(before === undefined ? {} : { before }),
      ...(only === undefined ? {} : { only }),
    });
    if (!listed.ok) return failed([listed.failure]);
    damaged.push(...listed.value.damaged);
    for (const record of listed.value.records) {
      if (signal.aborted) return failed([exportCancelled()]);
      await each(record);
    }
    if (listed.value.records.length < asked) break;
    left -= asked;
    before = listed.value.records.at(-1)!.id;
  }
  return success(undefined);
}
