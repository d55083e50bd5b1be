import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { at } from '../forge.ts';
import { runProcess } from '../steps/process.ts';
import type { Builtin, BuiltinCall } from './builtin.ts';
import { inputs, refuse } from './builtin.ts';

/** actions/checkout: a real clone over HTTP with the job's token, as shallow as asked. */
export const checkout: Builtin = {
  inputs: inputs({
    repository: '${{ github.repository }}',
    ref: '',
    token: '${{ github.token }}',
    'persist-credentials': 'true',
    path: '',
    clean: 'true',
    filter: '',
    'sparse-checkout': '',
    'fetch-depth': '1',
    'fetch-tags': 'false',
    'show-progress': 'true',
    lfs: 'false',
    submodules: 'false',
    'set-safe-directory': 'true',
    'ssh-key': '',
    'github-server-url': '',
  }),
  main: async (call) => {
    refuse(call, 'filter', 'sparse-checkout', 'lfs', 'submodules', 'ssh-key', 'github-server-url');
    const { occasion } = call.state.frame.run;
    const repository = call.input('repository');
    const folder = call.inWorkspace(call.input('path'));
    const isOwn = repository.toLowerCase() === occasion.repository.toLowerCase();
    const asked = call.input('ref');
    const ref = asked || (isOwn ? occasion.ref : '');
    const commit = asked === '' && isOwn ? occasion.sha : '';
    await prepare(call, folder, repository);
    const target = await fetchRef(call, folder, { repository, ref, commit });
    const sha = (await git(call, folder, 'rev-parse', 'HEAD')).trim();
    call.output('ref', target);
    call.output('commit', sha);
    if (call.input('persist-credentials') !== 'true') await forgetToken(call, folder);
    else call.saved['folder'] = folder;
  },
  post: async (call) => {
    const folder = call.saved['folder'];
    if (folder !== undefined && existsSync(join(folder, '.git'))) await forgetToken(call, folder);
  },
};

async function prepare(call: BuiltinCall, folder: string, repository: string): Promise<void> {
  const { serverUrl } = call.state.yard.forge;
  const isSame = existsSync(join(folder, '.git'));
  if (existsSync(folder) && !isSame) {
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
  }
  mkdirSync(folder, { recursive: true });
  await git(call, folder, 'init', '--quiet', '--initial-branch=checkout-start');
  const url = `${serverUrl}/${repository}`;
  const token = call.input('token');
  if (token === '') throw new Error('Input required and not supplied: token');
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  call.state.masks.add(basic);
  const section = `[http "${serverUrl.replace(/\/$/, '')}/"]\n\textraheader = AUTHORIZATION: basic ${basic}\n`;
  const remote = `[remote "origin"]\n\turl = ${url}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n[gc]\n\tauto = 0\n`;
  appendFileSync(join(folder, '.git/config'), (isSame ? '' : remote) + section);
}

function headerKey(serverUrl: string): string {
  return `http.${serverUrl.replace(/\/$/, '')}/.extraheader`;
}

async function forgetToken(call: BuiltinCall, folder: string): Promise<void> {
  await git(call, folder, 'config', '--unset-all', headerKey(call.state.yard.forge.serverUrl));
}

interface Wanted {
  readonly repository: string;
  readonly ref: string;
  readonly commit: string;
}

/** Fetches what is asked for, and makes it the work tree; the ref that was asked for. */
async function fetchRef(
  call: BuiltinCall,
  folder: string,
  { repository, ref, commit }: Wanted,
): Promise<string> {
  const depth = Number(call.input('fetch-depth'));
  const tags = call.input('fetch-tags') === 'true';
  const fetch = async (...refspecs: readonly string[]): Promise<void> => {
    const shallow = existsSync(join(folder, '.git/shallow'));
    const limits = depth > 0 ? [`--depth=${depth}`] : shallow ? ['--unshallow'] : [];
    await git(
      call,
      folder,
      'fetch',
      '--quiet',
      '--prune',
      ...(tags ? ['--tags'] : ['--no-tags']),
      ...limits,
      'origin',
      ...refspecs,
    );
  };
  const everything = ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*'];
  const resolved = await named(call, folder, repository, ref);
  if (depth <= 0) await fetch(...everything);
  if (resolved.kind === 'commit') {
    if (depth > 0) await fetch(resolved.name);
    await git(call, folder, 'checkout', '--quiet', '--force', '--detach', resolved.name);
    return ref;
  }
  const local =
    resolved.kind === 'branch'
      ? `refs/remotes/origin/${resolved.name}`
      : resolved.kind === 'tag'
        ? `refs/tags/${resolved.name}`
        : `refs/remotes/${resolved.name}`;
  const remote =
    resolved.kind === 'branch'
      ? `refs/heads/${resolved.name}`
      : resolved.kind === 'tag'
        ? `refs/tags/${resolved.name}`
        : `refs/${resolved.name}`;
  // By its commit where that is known: an annotated tag arrives as a lightweight one, as on GitHub.
  if (depth > 0 || resolved.kind === 'pull') await fetch(`+${commit || remote}:${local}`);
  else if (commit !== '') await fetch(`+${commit}:${local}`);
  if (resolved.kind === 'branch') {
    await git(call, folder, 'checkout', '--quiet', '--force', '-B', resolved.name, local);
  } else await git(call, folder, 'checkout', '--quiet', '--force', '--detach', local);
  return remote;
}

interface Resolved {
  readonly kind: 'branch' | 'tag' | 'pull' | 'commit';
  readonly name: string;
}

async function named(call: BuiltinCall, folder: string, repository: string, ref: string): Promise<Resolved> {
  if (/^[0-9a-f]{40}$/.test(ref)) return { kind: 'commit', name: ref };
  if (ref.startsWith('refs/heads/')) return { kind: 'branch', name: ref.slice(11) };
  if (ref.startsWith('refs/tags/')) return { kind: 'tag', name: ref.slice(10) };
  if (ref.startsWith('refs/')) return { kind: 'pull', name: ref.slice(5) };
  if (ref === '') {
    const isOwn = repository.toLowerCase() === call.state.frame.run.occasion.repository.toLowerCase();
    const own = isOwn
      ? at(call.state.contexts['github'], 'event', 'repository', 'default_branch')
      : undefined;
    return { kind: 'branch', name: String(own ?? call.state.yard.forge.defaultBranch(repository)) };
  }
  const lines = await git(call, folder, 'ls-remote', 'origin', `refs/heads/${ref}`, `refs/tags/${ref}`);
  if (lines.includes(`refs/heads/${ref}\n`)) return { kind: 'branch', name: ref };
  if (lines.includes(`refs/tags/${ref}\n`)) return { kind: 'tag', name: ref };
  throw new Error(`A branch or tag with the name '${ref}' could not be found`);
}

async function git(call: BuiltinCall, folder: string, ...args: readonly string[]): Promise<string> {
  const { state, open } = call;
  const lines: string[] = [];
  const { code } = await runProcess({
    command: 'git',
    args,
    folder,
    environment: {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      HOME: state.home,
      LANG: 'C.UTF-8',
      GIT_TERMINAL_PROMPT: '0',
      GIT_CONFIG_NOSYSTEM: '1',
    },
    line: (line) => lines.push(line),
    signal: open.signal,
    graceMs: state.yard.settings.graceMs,
  });
  const text = lines.map((line) => `${line}\n`).join('');
  if (code !== 0)
    throw new Error(`The process 'git' failed with exit code ${code}: git ${args[0]}: ${text.trim()}`);
  return text;
}
