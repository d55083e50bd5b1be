import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { GitContext } from '../context.ts';
import type { GitFailure } from '../failures.ts';
import { isBranchName } from '../refs.ts';
import type { Remote } from '../remote.ts';
import { remoteNameInvalid } from './failures.ts';
import { remoteAt } from './remote-at.ts';

/** A remote of the repository's configuration; its URL as Git would use it, with `url.<base>.insteadOf` applied. */
export async function namedRemote(
  context: GitContext,
  name: string,
): Promise<Result<Remote | undefined, GitFailure>> {
  if (!isBranchName(name)) return failed(remoteNameInvalid(name));
  const configured = await configuredUrl(context, name);
  return success(configured === undefined ? undefined : remoteAt(context, { name, url: configured }));
}

async function configuredUrl(context: GitContext, name: string): Promise<string | undefined> {
  const output = await context.system.exchange(['config', '--get', `remote.${name}.url`], {
    timeLimitMs: 10_000,
  });
  if (output?.exitCode === 1) return undefined;
  if (output?.exitCode === 0) {
    const url = await context.system.exchange(['ls-remote', '--get-url', '--', name], {
      timeLimitMs: 10_000,
    });
    if (url?.exitCode === 0) return url.stdout.toString('utf8').trim();
  }
  const { git, where } = await context.library();
  const url: unknown = await git.getConfig({ ...where, path: `remote.${name}.url` });
  return typeof url === 'string' && url !== '' ? url : undefined;
}
