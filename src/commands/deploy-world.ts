import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Failure, Result } from '../base/index.ts';
import { failed, seededRandom, success } from '../base/index.ts';
import type { DeployBranch, Deployment, GoldenQuestions, Rollout, RolloutStep } from '../deploy/index.ts';
import { deployBusy, dockerEngine, openDeployBranch, placeName, rollOut } from '../deploy/index.ts';
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

/** On the Docker of this machine; two of this repository at once would take each other's containers for old ones. */
export async function rollOutHere(
  deployment: Deployment,
  { localNames }: ImageAtHand,
  { replicas, port }: RolloutChoice,
  opened: OpenedRegistry,
  effects: World,
): Promise<Result<Rollout, readonly Failure[]>> {
  const { model, settings } = deployment;
  const golden = await goldenOf(deployment, opened, effects);
  if (!golden.ok) return golden;
  const folder = join(opened.repository.commonFolder, 'trainyard', 'deploy');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${placeName({ model, stage: settings.stage })}.lock`);
  await using lock = await lockRef(file, lockPatienceMs);
  if (lock === undefined) return failed([deployBusy(`${model} to ${settings.stage}`)]);
  const rolled = await rollOut(
    {
      deployment,
      localNames,
      golden: golden.value,
      replicas: replicas ?? settings.replicas.min,
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
