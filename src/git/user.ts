import type { Result } from '../base/index.ts';
import { success } from '../base/index.ts';
import { authorOf } from './author.ts';
import type { GitContext } from './context.ts';
import type { GitFailure } from './failures.ts';
import type { GitUser } from './repository.ts';

/** As the configuration of Git has it, in the order in which Git itself asks. */
export async function userOf(context: GitContext): Promise<Result<GitUser, GitFailure>> {
  const person = await authorOf(context);
  const format = await configured(context, 'gpg.format');
  const key = format === 'ssh' ? await configured(context, 'user.signingkey', ['--type=path']) : undefined;
  return success({ ...person, ...(key === undefined || key === '' ? {} : { signingKey: key }) });
}

async function configured(
  context: GitContext,
  name: string,
  options: readonly string[] = [],
): Promise<string | undefined> {
  const output = await context.system.run(['config', ...options, '--get', name]);
  if (output !== undefined) {
    return output.exitCode === 0 ? output.stdout.toString('utf8').replace(/\n$/, '') : undefined;
  }
  const { git, where } = await context.library();
  const value: unknown = await git.getConfig({ ...where, path: name });
  if (typeof value !== 'string') return undefined;
  const home = context.environment['HOME'];
  return value.startsWith('~/') && home !== undefined ? home + value.slice(1) : value;
}
