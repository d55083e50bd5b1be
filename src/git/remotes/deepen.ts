import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { GitFailure } from '../failures.ts';
import type { Deeper } from '../remote.ts';
import { deepeningUnsupported } from './failures.ts';
import type { SystemRemote } from './system-remote.ts';
import { exchange } from './system-remote.ts';

/** What Git takes for all of the history. */
const infinite = 2_147_483_647;

/**
 * Brings older commits into a shallow clone; a whole clone stays as it is. Only the `git` command does this: where it is
 * missing there is no shallow clone either, as a rule.
 */
export async function deepenBySystem(
  remote: SystemRemote,
  { from, branches = [], by }: Deeper,
): Promise<Result<void, GitFailure>> {
  const fetched = await exchange(remote, [
    'fetch',
    ...['--quiet', '--no-tags', '--no-prune', '--no-recurse-submodules', '--no-write-fetch-head'],
    ...['--no-auto-maintenance', '--refmap='],
    by === 'all' ? `--depth=${infinite}` : `--deepen=${by}`,
    '--',
    remote.target,
    ...from,
    ...branches.map((branch) => `+${branch.from}:${branch.to}`),
  ]);
  if (fetched === undefined) return failed(deepeningUnsupported());
  return fetched.ok ? success(undefined) : fetched;
}
