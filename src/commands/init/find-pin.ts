import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import { openRemote } from '../../git/index.ts';
import type { Effects } from '../effects.ts';
import { pinUnknown } from './failures.ts';

/** The commit that the tag of a version is on, asked of the repository: `https://github.com/<owner>/<name>`. */
export async function findPin(
  repository: string,
  version: string,
  { env }: Pick<Effects, 'env'>,
): Promise<Result<string, Failure>> {
  const server = (env['GITHUB_SERVER_URL'] ?? 'https://github.com').replace(/\/+$/, '');
  const url = `${server}/${repository}`;
  const unknown = (why: string): Failure => pinUnknown(url, { repository, version, why });
  const scratch = await mkdtemp(join(tmpdir(), 'trainyard-pin-'));
  try {
    const remote = await openRemote(url, { scratch });
    if (!remote.ok) return failed(unknown(remote.failure.message));
    const ref = `refs/tags/${version}`;
    const fetched = await remote.value.remote.fetch([{ from: ref, to: ref }]);
    if (!fetched.ok) return failed(unknown(fetched.failure.message));
    const commit = await remote.value.repository.resolve(version);
    if (!commit.ok) return failed(unknown(commit.failure.message));
    return commit.value === undefined ? failed(unknown('there is no such tag')) : success(commit.value);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
