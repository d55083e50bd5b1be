import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { ObjectId, Patience, Repository, TreeFile } from '../../git/index.ts';
import { pauseBefore } from '../../git/index.ts';
import type { RunsFailure } from '../failures.ts';
import { noteOfPath } from '../notes.ts';
import type { RunId } from '../record.ts';
import { archivePath, runOfPath } from '../run-id.ts';
import type { SyncFailure } from '../sync/failures.ts';
import { overtaken } from '../sync/failures.ts';

export interface PruneRequest {
  readonly repository: Repository;
  readonly branch: string;
  /** Runs that started before this moment go. */
  readonly before: Date;
  /** Only runs of this pipeline. */
  readonly pipeline?: string;
  /** The newest so many runs of each pipeline stay, however old. */
  readonly keepLast: number;
  /** Why runs stay that are old enough: of registered versions, of baselines. */
  readonly needed: ReadonlyMap<RunId, string>;
  readonly now: () => Date;
  readonly patience: Patience;
  readonly dryRun?: boolean;
}

export interface Pruned {
  /** Sorted by time. */
  readonly archived: readonly PrunedRun[];
  /** Old enough, and yet they stay. */
  readonly kept: readonly (PrunedRun & { readonly because: string })[];
  /** Tip of the branch after it. */
  readonly commit: ObjectId | undefined;
}

export interface PrunedRun {
  readonly pipeline: string;
  readonly id: RunId;
}

/**
 * Moves old records to `archive/`, as they are: lists leave them out, and whoever names one still finds it. A move is
 * one new path and one path less, so the union of clones loses nothing, and two that prune at once do the same.
 */
export async function pruneRuns(request: PruneRequest): Promise<Result<Pruned, RunsFailure | SyncFailure>> {
  const { repository, branch, patience } = request;
  const ref = `refs/heads/${branch}`;
  for (let attempt = 0; attempt < patience.tries; attempt++) {
    if (attempt > 0) await patience.sleep(pauseBefore(attempt - 1, patience));
    const refs = await repository.listRefs(ref);
    if (!refs.ok) return refs;
    const before = refs.value.find(({ name }) => name === ref)?.id;
    const parent = before ?? (await repository.tip(branch));
    const files: Result<readonly TreeFile[], RunsFailure> =
      parent === undefined ? success([]) : await repository.listFiles(parent, '');
    if (!files.ok) return files;
    const { go, kept } = choose(request, files.value);
    const archived = go.map(({ run }) => run);
    if (go.length === 0 || request.dryRun === true) return success({ archived, kept, commit: before });
    const commit = await repository.writeCommit({
      parent,
      add: go.map(({ file, run }) => ({ path: archivePath(run.pipeline, run.id), blob: file.blob })),
      remove: go.map(({ file }) => file.path),
      message: `${branch}: Archive ${go.length} ${go.length === 1 ? 'run' : 'runs'}`,
      time: request.now(),
    });
    if (!commit.ok) return commit;
    const moved = await repository.updateRefs([{ ref, before, after: commit.value }]);
    if (!moved.ok) return moved;
    if (moved.value.kind !== 'lost') return success({ archived, kept, commit: commit.value });
  }
  return failed(overtaken(`the branch ${branch}`, patience.tries));
}

interface Going {
  readonly file: TreeFile;
  readonly run: PrunedRun;
}

function choose(
  { before, pipeline, keepLast, needed }: PruneRequest,
  files: readonly TreeFile[],
): { readonly go: readonly Going[]; readonly kept: Pruned['kept'] } {
  const noted = new Set(files.flatMap(({ path }) => noteOfPath(path)?.run ?? []));
  const ofPipelines = new Map<string, Going[]>();
  for (const file of files) {
    const run = runOfPath(file.path);
    if (run === undefined || (pipeline !== undefined && run.pipeline !== pipeline)) continue;
    const known = ofPipelines.get(run.pipeline) ?? [];
    known.push({ file, run });
    ofPipelines.set(run.pipeline, known);
  }
  const go: Going[] = [];
  const kept: (PrunedRun & { because: string })[] = [];
  for (const all of ofPipelines.values()) {
    // Paths sort by time within a pipeline.
    const newest = new Set(all.slice(Math.max(0, all.length - keepLast)));
    for (const going of all) {
      const { run } = going;
      if (startOf(run.id) >= before.getTime()) continue;
      const because =
        needed.get(run.id) ??
        (noted.has(run.id) ? 'people tagged or noted it' : undefined) ??
        (newest.has(going) ? `it is among the newest ${keepLast} of its pipeline` : undefined);
      if (because === undefined) go.push(going);
      else kept.push({ ...run, because });
    }
  }
  const byTime = (a: PrunedRun, b: PrunedRun): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
  return { go: go.sort((a, b) => byTime(a.run, b.run)), kept: kept.sort(byTime) };
}

/** Milliseconds since 1970, to the second. */
function startOf(id: RunId): number {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d{2})(\d{2})-(\d{2})(\d{2})(\d{2})/.exec(id)!;
  return Date.UTC(Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s));
}
