import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { init } from '../../../src/commands/index.ts';
import type { GithubFake, Permissions, World } from '../../github/fake/index.ts';
import { githubFake } from '../../github/fake/index.ts';
import type { ActRun } from './act.ts';
import { runAct } from './act.ts';
import type { OwnRepository } from './own-repository.ts';
import { openOwnRepository, writtenForAct } from './own-repository.ts';

type WorkflowRun = World['runs'] extends Map<number, infer Run> ? Run : never;

const root = resolve(import.meta.dirname, '../../..');

export interface WorkflowCall {
  readonly event: string;
  readonly payload: object;
  /** Name of the caller: `trainyard-main`. */
  readonly caller: string;
  /** Of the one token that act gives to all jobs: what the caller grants. */
  readonly permissions: Permissions;
  /** Of who started it. */
  readonly actor?: string;
  /** The workflows as they are committed; else written for act. */
  readonly asCommitted?: true;
}

export interface Change {
  readonly by: string;
  readonly ref: string;
  readonly from: string;
  readonly to: string;
  readonly at?: string;
}

/** A repository made by `trainyard init` on the fake of GitHub, and a machine with act. */
export interface Project extends AsyncDisposable {
  readonly github: GithubFake;
  readonly own: OwnRepository;
  /** Work tree. */
  readonly clone: string;
  /** Git in the clone. */
  git(...args: readonly string[]): string;
  /** Changes a place of the sample's pipeline, commits it, and pushes it as somebody, to a bare repository or the hub. */
  push(change: Change): Promise<void>;
  /** Runs a caller for an event, after the clone has become what its jobs check out; gives GitHub's id of the run, too. */
  act(ref: string, call: WorkflowCall): Promise<ActRun & { readonly id: number }>;
  /** Names of the artifacts of all calls. */
  artifacts(): readonly string[];
  artifact(name: string, file: string): Uint8Array;
}

export const repository = 'octo/pumps';

export async function openProject(): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-act-'));
  const [hub, clone, artifacts] = [
    join(folder, 'hub.git'),
    join(folder, 'clone'),
    join(folder, 'artifacts'),
  ] as const;
  for (const made of ['own', 'artifacts']) mkdirSync(join(folder, made));
  const own = openOwnRepository(join(folder, 'own'));
  placePackages(join(folder, 'cache/tool_cache'));
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', hub]);
  execFileSync('git', ['init', '-q', '-b', 'main', clone]);
  const git = (...args: readonly string[]): string => {
    const person = ['-c', 'user.name=Octo Cat', '-c', 'user.email=octo@example.org'];
    return execFileSync('git', ['-C', clone, ...person, ...args], { encoding: 'utf8' }).trim();
  };
  const made = await init({ version: '1.0.0', pin: own.commit }, { cwd: clone, env: {} });
  if (!made.ok) throw new Error(JSON.stringify(made.failure));
  git('add', '-A');
  git('commit', '-q', '-m', 'Start with a sample');
  git('push', '-q', hub, 'main');
  const github = await githubFake({ gitFolder: hub, repository });
  git('remote', 'add', 'origin', github.cloneUrl());
  const standIns = (name: string): string => join(root, 'test/act/stand-ins', name);
  return {
    github,
    own,
    clone,
    git,
    push: async ({ by, ref, from, to, at = hub }) => {
      const file = join(clone, 'pipelines/pump-failure/pipeline.yaml');
      const text = readFileSync(file, 'utf8');
      if (text.split(from).length !== 2) throw new Error(`there is not exactly one "${from}"`);
      writeFileSync(file, text.replace(from, to));
      git('commit', '-q', '-am', `Change ${from} to ${to}`);
      await github.pushed(by, async () => git('push', '-q', at, `HEAD:${ref}`));
    },
    act: async (ref, { event, payload, caller, permissions, actor = 'octocat', asCommitted }) => {
      const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
      git('fetch', '-q', hub, '+refs/heads/*:refs/remotes/origin/*', `+${ref}:refs/remotes/event`);
      git('checkout', '-q', ...(branch === undefined ? ['--detach'] : ['-B', branch]), 'refs/remotes/event');
      const token = github.token(`of-${event}`, { permissions });
      const path = `.github/workflows/${caller}.yml`;
      const run = await github.addRun({ path, event, actor, ...headOf(payload, git('rev-parse', 'HEAD')) });
      const ours = asCommitted === true ? own.committed : own.forAct;
      const workflow = join(folder, `${caller}.yml`);
      const text = readFileSync(join(clone, path), 'utf8');
      writeFileSync(workflow, asCommitted === true ? text : writtenForAct(text, own.commit));
      const ran = await runAct({
        ...{ event, payload, workflow, clone, token, folder },
        repositories: { [`trainyard/trainyard@${own.commit}`]: ours, ...replaced(ours, standIns) },
        env: {
          ARTIFACTS: artifacts,
          GITHUB_SERVER_URL: github.origin,
          GITHUB_API_URL: github.origin,
          GITHUB_GRAPHQL_URL: `${github.origin}/graphql`,
          GITHUB_REPOSITORY: repository,
          GITHUB_RUN_ID: String(run.id),
          GITHUB_ACTOR: actor,
        },
      });
      return { ...ran, id: run.id };
    },
    artifacts: () => readdirSync(artifacts).sort(),
    artifact: (name, file) => readFileSync(join(artifacts, name, file)),
    [Symbol.asyncDispose]: async () => {
      await github[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** What GitHub says of the head of a run that this event started. */
function headOf(payload: object, checkedOut: string): Pick<WorkflowRun, 'headSha'> & Partial<WorkflowRun> {
  const { pull_request: pull } = payload as {
    readonly pull_request?: {
      readonly head: {
        readonly sha: string;
        readonly ref: string;
        readonly repo: { readonly full_name: string };
      };
    };
  };
  if (pull === undefined) return { headSha: checkedOut };
  const { sha, ref, repo } = pull.head;
  return { headSha: sha, headBranch: ref, headRepository: repo.full_name };
}

/** Actions of GitHub that the workflows name, each by its stand-in. */
function replaced(ours: string, standIn: (name: string) => string): Record<string, string> {
  const workflows = join(ours, '.github/workflows');
  const texts = readdirSync(workflows).map((name) => readFileSync(join(workflows, name), 'utf8'));
  const named = texts.flatMap((text) => [...text.matchAll(/uses: (actions\/([\w-]+)@[0-9a-f]{40})/g)]);
  return Object.fromEntries(named.map(([, reference, name]) => [reference, standIn(name!)]));
}

/** The packages of this clone stand for those that an installation would bring: no test here asks npm. */
function placePackages(toolCache: string): void {
  const lock = readFileSync(join(root, 'actions/package-lock.json'));
  const digest = createHash('sha256').update(lock).digest('hex').slice(0, 16);
  const at = join(toolCache, 'trainyard', `${digest}-${process.platform}-${process.arch}`);
  mkdirSync(at, { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(at, 'node_modules'));
}
