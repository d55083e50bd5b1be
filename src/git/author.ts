import type { GitContext } from './context.ts';
import type { Person } from './repository.ts';

/** Who commits when nobody has told Git a name, as on most CI machines. */
const nobody: Person = { name: 'trainyard', email: 'trainyard@localhost' };

export async function authorOf(context: GitContext): Promise<Person> {
  const { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email } = context.environment;
  return cleanPerson(name, email) ?? (await configured(context)) ?? nobody;
}

async function configured(context: GitContext): Promise<Person | undefined> {
  const output = await context.system.run(['config', '-z', '--get-regexp', '^user\\.(name|email)$']);
  if (output !== undefined && output.exitCode <= 1) {
    const values = new Map(
      output.stdout
        .toString('utf8')
        .split('\0')
        .map((entry) => entry.split('\n') as [string, string]),
    );
    return cleanPerson(values.get('user.name'), values.get('user.email'));
  }
  const { git, where } = await context.library();
  const get = (path: string): Promise<unknown> => git.getConfig({ ...where, path });
  return cleanPerson(await get('user.name'), await get('user.email'));
}

/** Without the characters that would break a commit's header; `undefined` unless both are there. */
export function cleanPerson(name: unknown, email: unknown): Person | undefined {
  const [first, second] = [name, email].map((text) =>
    typeof text === 'string' ? text.replace(/[<>\n\r\0]/g, '').trim() : '',
  ) as [string, string];
  return first === '' || second === '' ? undefined : { name: first, email: second };
}
