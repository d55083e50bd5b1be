import type { Result } from '../base/index.ts';
import { firstReadable, rowsOf } from './baseline.ts';
import type { RunsFailure } from './failures.ts';
import type { RunHistory } from './history.ts';
import type { RunRecord } from './record.ts';
import { valueAt } from './run-index/columns.ts';

/**
 * The newest run of these commits, whatever became of it. One that did not pass and had changes that are in no commit
 * says nothing of its commit, and does not count.
 */
export async function newestRunOn(
  history: RunHistory,
  pipeline: string,
  commits: ReadonlySet<string>,
): Promise<Result<RunRecord | undefined, RunsFailure>> {
  const ids = await history.askIndex((index) => {
    const [commit, dirty] = [index.column('commit'), index.column('dirty')];
    const [status, verdict] = [index.column('status'), index.column('verdict')];
    return rowsOf(index, pipeline)
      .filter((row) => commits.has(String(valueAt(commit, row))))
      .filter(
        (row) =>
          valueAt(dirty, row) === false ||
          (valueAt(status, row) === 'succeeded' && valueAt(verdict, row) !== 'fail'),
      )
      .map((row) => index.id(row));
  });
  return ids.ok ? await firstReadable(history, pipeline, ids.value) : ids;
}
