import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Digest, Failure, Result } from '../base/index.ts';
import { digestOfBytes, failed, seededRandom, success } from '../base/index.ts';
import type {
  DeployBranch,
  Deployment,
  GoldenQuestions,
  Rollout,
  RolloutOptions,
  RolloutStep,
  StageSettings,
} from '../deploy/index.ts';
import {
  balancerMissing,
  deployBusy,
  dockerEngine,
  fileUnreadable,
  keyMissing,
  keyVariable,
  openDeployBranch,
  placeName,
  rollOut,
  runDocker,
} from '../deploy/index.ts';
import { lockRef } from '../git/index.ts';
import type { ImageAtHand } from './deploy-image.ts';
import type { Effects } from './effects.ts';
import type { OpenedRegistry } from './open-registry.ts';
import { packServable } from './pack-servable.ts';

type World = Effects & { readonly onStep?: (step: RolloutStep) => void };

/** A minute and more of patience with others who write to the branch. */
export function openBranch(branch: string, opened: OpenedRegistry, effects: World): DeployBranch {
  const { repository, remote } = opened;
  const random = seededRandom(Buffer.from(effects.randomBytes(4)).readUInt32LE());
  return openDeployBranch({
    repository,
    remote,
    branch,
    patience: { tries: 30, pauseMs: [100, 5000], random, sleep: sleepUnless(effects.signal) },
  });
}

interface RolloutChoice {
  readonly replicas?: number;
  readonly port?: number;
}

const lockPatienceMs = 5000;

/** Keeps others of this repository away from the containers of a model in a stage, until it is disposed of. */
export async function holdPlace(
  place: { readonly model: string; readonly stage: string },
  { repository }: OpenedRegistry,
): Promise<Result<void, Failure> & AsyncDisposable> {
  const folder = join(repository.commonFolder, 'trainyard', 'deploy');
  await mkdir(folder, { recursive: true });
  const lock = await lockRef(join(folder, `${placeName(place)}.lock`), lockPatienceMs);
  const held: Result<void, Failure> =
    lock === undefined ? failed(deployBusy(`${place.model} to ${place.stage}`)) : success(undefined);
  return {
    ...held,
    [Symbol.asyncDispose]: async () => {
      await lock?.[Symbol.asyncDispose]();
    },
  };
}

/** On the Docker of this machine; two of this repository at once would take each other's containers for old ones. */
export async function rollOutHere(
  deployment: Deployment,
  { localNames }: ImageAtHand,
  { replicas, port }: RolloutChoice,
  opened: OpenedRegistry,
  effects: World,
): Promise<Result<Rollout, readonly Failure[]>> {
  const { model, settings } = deployment;
  const secrets = await secretsOf(settings, effects);
  if (!secrets.ok) return failed([secrets.failure]);
  const golden = await goldenOf(deployment, opened, effects);
  if (!golden.ok) return golden;
  await using held = await holdPlace({ model, stage: settings.stage }, opened);
  if (!held.ok) return failed([held.failure]);
  const rolled = await rollOut(
    {
      deployment,
      localNames,
      golden: golden.value,
      replicas: replicas ?? settings.replicas.min,
      ...secrets.value,
      ...(port === undefined ? {} : { port }),
    },
    {
      engine: dockerEngine(effects.env),
      monotonic: effects.monotonic,
      sleep: sleepUnless(effects.signal),
      freePort,
      signal: effects.signal,
      onStep: effects.onStep ?? (() => undefined),
    },
  );
  return rolled.ok ? rolled : failed([rolled.failure]);
}

/** What has to be there before anything is built for containers of this machine. */
export async function readyForDocker(
  settings: StageSettings,
  effects: World,
): Promise<Result<void, Failure>> {
  if (settings.balancer === undefined) return failed(balancerMissing(settings.stage));
  const secrets = await secretsOf(settings, effects);
  if (!secrets.ok) return secrets;
  const docker = await runDocker(['version'], effects.env);
  return docker.ok ? success(undefined) : docker;
}

/** Files outside of Git that the servers of a stage need, and the key to ask them with. */
async function secretsOf(
  { stage, accessFile, envFile }: StageSettings,
  { env }: World,
): Promise<Result<Pick<RolloutOptions, 'key' | 'envFile'>, Failure>> {
  const read = async (setting: string, file: string): Promise<Result<Digest, Failure>> => {
    try {
      return success(digestOfBytes(await readFile(file)));
    } catch (error) {
      return failed(fileUnreadable(setting, file, error));
    }
  };
  const access = accessFile === undefined ? undefined : await read('access-file', accessFile);
  if (access?.ok === false) return access;
  const variables = envFile === undefined ? undefined : await read('env-file', envFile);
  if (variables?.ok === false) return variables;
  const key = env[keyVariable] || undefined;
  if (accessFile !== undefined && key === undefined) return failed(keyMissing(stage));
  return success({
    ...(key === undefined ? {} : { key }),
    ...(variables === undefined ? {} : { envFile: variables.value }),
  });
}

/** The requests that its servable holds, whose answers belong to the very bytes that were evaluated. */
async function goldenOf(
  { model, version }: Deployment,
  opened: OpenedRegistry,
  { cwd }: World,
): Promise<Result<GoldenQuestions, readonly Failure[]>> {
  const packed = await packServable(`${model}@${version}`, { ...opened, cwd });
  if (!packed.ok) return packed;
  return success({ model, version, requests: packed.value.manifest.golden });
}

function sleepUnless(signal: AbortSignal): (ms: number) => Promise<void> {
  return async (ms) => {
    await setTimeout(ms, undefined, { signal }).catch(() => undefined);
  };
}

/** A port of an address that nobody has now. */
function freePort(address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, address.replaceAll(/[[\]]/g, ''), () => {
      const found = server.address();
      const port = found !== null && typeof found === 'object' ? found.port : 0;
      server.close(() => resolve(port));
    });
  });
}
