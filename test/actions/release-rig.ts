import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { vi } from 'vitest';
import type { ActionOutcome, Annotation } from '../../src/actions/action.ts';
import { actions } from '../../src/actions/index.ts';
import { readInputs } from '../../src/actions/read-inputs.ts';
import type { Failure } from '../../src/base/index.ts';
import { init, processEffects } from '../../src/commands/index.ts';
import type { FakeRegistry } from '../deploy/image/fake-registry.ts';
import { fakeRegistry, putBase } from '../deploy/image/fake-registry.ts';
import type { GithubFake, Job, Permissions } from '../github/fake/index.ts';
import { githubFake } from '../github/fake/index.ts';
import { issuer, LocalSigstore } from '../provenance/sigstore-rig.ts';

export const repository = 'octo/pumps';
export const model = 'pump-failure';
export const workflowOfTrainyard = 'trainyard/trainyard/.github/workflows/release.yml';

/** A repository on the fake of GitHub with a model, and jobs in it that start one action each, in this process. */
export interface ReleaseRig extends AsyncDisposable {
  readonly github: GithubFake;
  readonly registry: FakeRegistry;
  readonly sigstore: LocalSigstore;
  readonly clone: string;
  git(...args: string[]): string;
  edit(path: string, before: string, after: string): void;
  /** Commits everything to a branch and pushes it. */
  push(message: string, branch?: string): Promise<string>;
  act(action: string, step: Step): Promise<Acted>;
  bodyOfRelease(version: string): string | undefined;
}

export interface Step {
  readonly with?: Readonly<Record<string, string>>;
  readonly permissions: Permissions;
  readonly job?: Partial<Job>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Acted {
  readonly outcome: ActionOutcome | undefined;
  readonly failures: readonly Failure[];
  readonly annotations: readonly Annotation[];
  readonly said: string;
}

export async function releaseRig(): Promise<ReleaseRig> {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-release-'));
  const [hub, clone, home] = [join(folder, 'hub.git'), join(folder, 'clone'), join(folder, 'home')];
  mkdirSync(home);
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', hub]);
  execFileSync('git', ['init', '-q', '-b', 'main', clone]);
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', clone, ...args], { encoding: 'utf8' }).trim();
  git('config', 'user.name', 'Octo Cat');
  git('config', 'user.email', 'octo@example.org');
  git('remote', 'add', 'origin', hub);
  const github = await githubFake({ gitFolder: hub, repository });
  const registry = await fakeRegistry();
  putBase(registry, 'library/node', '22');
  const sigstore = await LocalSigstore.start({ tokens: (token) => claimsOf(github, token) });
  const made = await init({ version: '1.0.0', pin: '1'.repeat(40) }, { cwd: clone, env: {} });
  if (!made.ok) throw new Error(JSON.stringify(made.failure));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(clone, path)), { recursive: true });
    writeFileSync(join(clone, path), text);
  };
  write('trusted_root.json', sigstore.trustedRoot);
  write(
    'trainyard.yaml',
    `version: 1
store: file:${join(folder, 'store')}
provenance:
  sigstore:
    issuer: ${issuer}
    identity: https://github.com/${workflowOfTrainyard}@*
    repository: https://github.com/${repository}
    ref: refs/heads/main
    trusted-root: trusted_root.json
stages:
  - { name: staging, auto: true, provenance: true, deploy: { host: staging.example.org } }
  - { name: production, from: staging, environment: prod, promoters: ["@rita"], provenance: true }
image: { base: "${registry.host}/library/node:22", registry: "${registry.host}/octo" }
`,
  );
  const rig: ReleaseRig = {
    ...{ github, registry, sigstore, clone, git },
    edit: (path, before, after) => {
      const text = readFileSync(join(clone, path), 'utf8');
      if (!text.includes(before)) throw new Error(`${path} does not hold ${before}`);
      writeFileSync(join(clone, path), text.replace(before, after));
    },
    push: async (message, branch = 'main') => {
      git('add', '-A');
      git('commit', '-q', '-m', message);
      await github.pushed('octocat', async () => git('push', '-q', 'origin', `HEAD:refs/heads/${branch}`));
      return git('rev-parse', 'HEAD');
    },
    act: async (name, { with: given = {}, permissions, job = {}, env = {} }) => {
      const action = actions.find((each) => each.name === name)!;
      const ofJob = await github.job({ ...job, permissions });
      const all = {
        ...{ PATH: process.env['PATH'], HOME: home, TMPDIR: folder, NO_PROXY: '127.0.0.1' },
        ...{ TRAINYARD_FULCIO_URL: sigstore.url, TRAINYARD_REKOR_URL: sigstore.url },
        ...ofJob,
        ...env,
      };
      // The library that signs asks the process for the identity of the job.
      vi.stubEnv('GITHUB_ACTIONS', 'true');
      for (const variable of ['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'])
        vi.stubEnv(variable, ofJob[variable]);
      const inputs = readInputs(action.inputs, (input) =>
        input === 'token' ? ofJob['GITHUB_TOKEN']! : (given[input] ?? action.inputs[input]!.default ?? ''),
      );
      if (!inputs.ok) throw new Error(JSON.stringify(inputs.failure));
      const said: string[] = [];
      const done = await action.run({
        inputs: inputs.value,
        effects: processEffects({ cwd: clone, env: all, signal: new AbortController().signal }),
        event: { ref: ofJob['GITHUB_REF'] },
        say: (text) => said.push(text),
        mask: () => undefined,
        addPath: () => undefined,
        project: '.',
      });
      const outcome = done.ok ? done.value : undefined;
      return {
        outcome,
        failures: done.ok ? (done.value.failures ?? []) : done.failure,
        annotations: outcome?.annotations ?? [],
        said: said.join('\n'),
      };
    },
    bodyOfRelease: (version) => {
      const found = [...github.world.releases.values()].filter(({ tag }) => tag === `${model}@${version}`);
      if (found.length > 1) throw new Error(`${version} has ${found.length} releases`);
      return found[0]?.body ?? undefined;
    },
    [Symbol.asyncDispose]: async () => {
      vi.unstubAllEnvs();
      await Promise.all([
        sigstore[Symbol.asyncDispose](),
        registry[Symbol.asyncDispose](),
        github[Symbol.asyncDispose](),
      ]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  rig.edit(
    `pipelines/${model}/pipeline.yaml`,
    '[baseline, logistic-regression, random-forest, gradient-boosting]',
    '[logistic-regression, random-forest]',
  );
  await rig.push('Start with a sample');
  return rig;
}

/** As Fulcio does: the token has to be signed by GitHub's keys, for now, and by GitHub. */
async function claimsOf(github: GithubFake, token: string): Promise<Readonly<Record<string, unknown>>> {
  const keys = await fetch(`${github.origin}/.well-known/jwks`);
  const set = createLocalJWKSet((await keys.json()) as Parameters<typeof createLocalJWKSet>[0]);
  const { payload } = await jwtVerify(token, set, { issuer: github.origin });
  return payload;
}
