import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
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
  /** Requests a second. */
  readonly perSecond: number;
  readonly sent: number;
  readonly answered: number;
  readonly failures: Readonly<Record<string, number>>;
  readonly versions: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly slowestMs: number;
}

const generator = fileURLToPath(new URL('./load.mjs', import.meta.url));

export interface Load {
  /** Requests a second. Default: 500. */
  readonly most?: number;
  /** What happens may happen again: where servers had too much to do, and nothing else failed, it does at half the rate. */
  readonly repeatable?: boolean;
}

/**
 * Asks while something happens, and says what became of every request. Of 500 times a second it asks as often as leaves a
 * third of this machine for what happens: whether requests fail is asked here, and not how fast the machine is.
 */
export async function underLoad(
  url: string,
  work: () => Promise<void>,
  body: string,
  { most = 500, repeatable = false }: Load = {},
): Promise<Outcome> {
  for (let perSecond = await bearable(url, body, most); ; perSecond /= 2) {
    const outcome = await asking({ url, body, perSecond }, async () => {
      await wait(2000);
      await work();
      await wait(2000);
    });
    const failures = Object.keys(outcome.failures);
    const isOverload = failures.length > 0 && failures.every((each) => each.includes('"serve-overloaded"'));
    if (!isOverload || !repeatable || perSecond <= leastRate) return outcome;
    say(`at ${perSecond} requests a second this machine has too much to do: half as many`);
  }
}

interface Asking {
  readonly url: string;
  readonly body: string;
  readonly perSecond: number;
}

async function asking({ url, body, perSecond }: Asking, work: () => Promise<void>): Promise<Outcome> {
  const child = spawn(process.execPath, [generator, url, String(perSecond), body], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  try {
    await work();
  } finally {
    child.stdin.end();
    await ended;
  }
  return { ...(JSON.parse(output) as Omit<Outcome, 'perSecond'>), perSecond };
}

const leastRate = 125;
const leftFree = 1 / 3;

/** A rate that leaves enough of the processors idle, when nothing else happens: the one wanted, or halves of it. */
async function bearable(url: string, body: string, wanted: number): Promise<number> {
  if (wanted <= leastRate) return wanted;
  for (let perSecond = wanted; ; perSecond /= 2) {
    let free = 0;
    await asking({ url, body, perSecond }, async () => {
      await wait(1000);
      const [idle, start] = [idleSeconds(), performance.now()];
      await wait(2000);
      // What another machine took of these processors was not idle.
      free = (idleSeconds() - idle) / (((performance.now() - start) / 1000) * cpus().length);
    });
    if (free >= leftFree || perSecond <= leastRate) return perSecond;
    say(
      `at ${perSecond} requests a second ${Math.round(free * 100)} % of this machine is left: half as many`,
    );
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function idleSeconds(): number {
  return cpus().reduce((sum, { times }) => sum + times.idle, 0) / 1000;
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
