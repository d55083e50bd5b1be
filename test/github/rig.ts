import type { GithubAccess } from '../../src/github/index.ts';
import { openGithub } from '../../src/github/index.ts';
import type { GitRig } from '../git/rig.ts';
import { gitRig, value } from '../git/rig.ts';
import type { GithubFake, GithubFakeOptions, Permissions } from './fake/index.ts';
import { githubFake } from './fake/index.ts';

export const repository = 'octo/hearts';

/** A repository on GitHub, a clone of it in `work`, and clients of any token. */
export interface GithubRig extends GitRig {
  readonly github: GithubFake;
  /** How long clients waited, in milliseconds; they do not really. */
  readonly slept: number[];
  /** A client with the token of a job that has these permissions; all of them without. */
  access(permissions?: Permissions): Promise<GithubAccess>;
  /** A request as any program may send it. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Sent>;
  /** A branch with one commit that writes a file; gives its id. */
  branch(name: string, path: string, text: string): Promise<string>;
}

export interface Sent {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: any JSON, looked into by tests.
  readonly json: any;
}

export async function githubRig(
  options: Partial<GithubFakeOptions> & { readonly empty?: boolean } = {},
): Promise<GithubRig> {
  const rig = await gitRig();
  if (options.empty === true) await rig.git('.', 'init', '-q', '--bare', 'origin.git');
  else {
    await rig.repository('work');
    await rig.git('.', 'clone', '-q', '--bare', 'work', 'origin.git');
    await rig.git('work', 'remote', 'add', 'origin', '../origin.git');
  }
  const github = await githubFake({ gitFolder: `${rig.path}/origin.git`, repository, ...options });
  const slept: number[] = [];
  const opened: GithubAccess[] = [];
  let tokens = 0;
  return {
    ...rig,
    github,
    slept,
    access: async (permissions) => {
      const token = permissions === undefined ? 'good' : github.token(`token-${++tokens}`, { permissions });
      const made = await openGithub({
        environment: {
          GITHUB_TOKEN: token,
          GITHUB_REPOSITORY: repository,
          GITHUB_API_URL: github.origin,
          GITHUB_GRAPHQL_URL: `${github.origin}/graphql`,
        },
        sleep: async (ms) => {
          slept.push(ms);
        },
      });
      opened.push(value(made));
      return value(made);
    },
    send: async (method, path, body, headers = {}) => {
      const response = await fetch(`${github.origin}${path.replace(/^\/\//, `/repos/${repository}/`)}`, {
        method,
        redirect: 'manual',
        headers: { authorization: 'Bearer good', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json') === true;
      return { status: response.status, headers: response.headers, json: isJson ? JSON.parse(text) : text };
    },
    branch: async (name, path, text) => {
      await rig.git('work', 'checkout', '-q', '-B', name, 'main');
      await rig.write(`work/${path}`, text);
      await rig.git('work', 'add', '.');
      await rig.git('work', 'commit', '-q', '-m', `Change ${path}`);
      await github.pushed('octocat', () => rig.git('work', 'push', '-q', '-f', 'origin', name));
      return await rig.git('work', 'rev-parse', 'HEAD');
    },
    [Symbol.asyncDispose]: async () => {
      for (const access of opened) await access[Symbol.asyncDispose]();
      await github[Symbol.asyncDispose]();
      await rig[Symbol.asyncDispose]();
    },
  };
}
