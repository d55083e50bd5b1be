import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { Repository } from '../../rig/repository.ts';
import { containerRig, docker } from './containers.ts';

/** A repository whose stage `staging` runs in the Docker of the rig, and whose images go to its registry. */
export async function deployable(): Promise<Repository> {
  const { registry, base, balancer } = containerRig();
  await docker('pull', '--quiet', balancer);
  const pinned = await docker('inspect', '--format', '{{index .RepoDigests 0}}', balancer);
  const env = process.env as Record<string, string>;
  const repository = Repository.withHeartDisease({
    programs: env['PATH']!.split(':'),
    env: { DOCKER_HOST: env['DOCKER_HOST']!, DOCKER_CONFIG: env['DOCKER_CONFIG']! },
  });
  repository.write(
    'trainyard.yaml',
    `version: 1
stages:
  - name: staging
    auto: true
    deploy: { target: docker, balancer: "${pinned}", drain-seconds: 5, ready-seconds: 15 }
  - name: production
    from: staging
    deploy: { balancer: "${pinned}" }
image: { base: "${base}", registry: "${registry}/team" }
`,
  );
  repository.commit('Stages');
  return repository;
}

/** A new version of the model, which comes to staging by itself; its name. */
export async function newVersion(repository: Repository, ...run: readonly string[]): Promise<string> {
  await succeeds(repository, 'run', 'heart-disease', ...run);
  const registered = await succeeds(repository, 'register', 'heart-disease', '--json');
  return (JSON.parse(registered.stdout) as { version: string }).version;
}

export async function succeeds(
  repository: Repository,
  ...args: readonly string[]
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const answer = await repository.trainyard(...args);
  expect(answer.code, `${args.join(' ')}: ${answer.stderr}`).toBe(0);
  return answer;
}

export interface Deployed {
  readonly version: string;
  readonly image: string;
  readonly rollout: { readonly url: string; readonly servers: readonly string[]; readonly changed: boolean };
}

export async function deploys(repository: Repository, ...args: readonly string[]): Promise<Deployed> {
  const answer = await succeeds(repository, 'deploy', 'heart-disease', '--to', 'staging', '--json', ...args);
  return JSON.parse(answer.stdout) as Deployed;
}

interface Outcome {
  readonly sent: number;
  readonly answered: number;
  readonly failures: Readonly<Record<string, number>>;
  readonly versions: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly slowestMs: number;
}

const generator = fileURLToPath(new URL('./load.mjs', import.meta.url));

/** Asks so often a second while something happens, and says what became of every request. */
export async function underLoad(
  url: string,
  work: () => Promise<void>,
  body: string,
  perSecond = 500,
): Promise<Outcome> {
  const child = spawn(process.execPath, [generator, url, String(perSecond), body], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  try {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await work();
    await new Promise((resolve) => setTimeout(resolve, 2000));
  } finally {
    child.stdin.end();
    await ended;
  }
  return JSON.parse(output) as Outcome;
}

/** A request that the model answers: one of the golden ones of a version that was packed here. */
export function goldenRow({ folder }: Repository): string {
  const servables = join(folder, '.trainyard/servables/heart-disease');
  const [packed] = readdirSync(servables);
  const manifest = JSON.parse(readFileSync(join(servables, packed!, 'model.json'), 'utf8')) as {
    golden: readonly { row: object }[];
  };
  return JSON.stringify(manifest.golden.at(-1)!.row);
}

/** Names of the containers of the model, without the balancer. */
export async function serverNames(): Promise<readonly string[]> {
  const filters = [
    '--filter',
    'label=trainyard.role=server',
    '--filter',
    'label=trainyard.place=staging/heart-disease',
  ];
  const names = await docker('ps', '--all', ...filters, '--format', '{{.Names}}');
  return names
    .split('\n')
    .filter((name) => name !== '')
    .sort();
}

export async function removeAll(): Promise<void> {
  const ids = await docker(
    'ps',
    '--all',
    '--quiet',
    '--filter',
    'label=trainyard.place=staging/heart-disease',
  );
  for (const id of ids.split('\n').filter((each) => each !== ''))
    await docker('rm', '--force', '--volumes', id);
  await docker('network', 'rm', 'trainyard-heart-disease-staging').catch(() => undefined);
}
