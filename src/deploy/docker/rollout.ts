import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import { imageReference } from '../deployment.ts';
import { balancerMissing, diedAfterSwitch, goldenDiffers, overtaken, startFailed } from '../failures.ts';
import type { BalancerWorld } from './balancer.ts';
import { ensureBalancer, switchBalancer } from './balancer.ts';
import type { Container, Engine } from './engine.ts';
import { imageAtHand } from './engine.ts';
import { problemOfAnswers } from './golden.ts';
import type { Place } from './labels.ts';
import { generationOf, labels, placeLabel, placeName } from './labels.ts';
import type { Rollout, RolloutOptions, RolloutStep, RolloutWorld } from './rollout-world.ts';
import { serverArguments, serverName } from './run-arguments.ts';

/**
 * Brings a deployment to the Docker of this machine. New servers start beside the old ones, and are asked their golden
 * requests; then the balancer is told of them, and the old ones end when the last of their requests is answered. What
 * fails before that is taken back, and the old ones have not noticed. Whatever was interrupted, the next call goes on
 * from: all that it has to know, Docker says.
 */
export async function rollOut(
  options: RolloutOptions,
  world: RolloutWorld,
): Promise<Result<Rollout, Failure>> {
  const { deployment } = options;
  const { engine, onStep } = world;
  const { settings, model } = deployment;
  const place: Place = { model, stage: settings.stage };
  if (settings.balancer === undefined) return failed(balancerMissing(settings.stage));
  const before = await serversOf(engine, place);
  if (!before.ok) return before;
  const newer = before.value.find((each) => counterOf(each) > deployment.assignment.counter);
  if (newer !== undefined) {
    const theirs = newer.labels['trainyard.tag'] ?? newer.name;
    return failed(overtaken(deployment.assignment.tag, theirs, 'runs already'));
  }
  const image = await imageAtHand(engine, [...options.localNames, imageReference(deployment.image)]);
  if (!image.ok) return image;
  onStep({ kind: 'image', id: image.value });
  const network = await ensureNetwork(engine, place);
  if (!network.ok) return network;
  const generation = generationOf(deployment, image.value, options.envFile);
  const balancerWorld: BalancerWorld = { ...world, place, settings, serverPort: deployment.image.port };
  const started: string[] = [];
  const brought = await bringServers(options, world, { place, image: image.value, generation, started });
  const switched = brought.ok ? await bringBalancer(options, brought.value, balancerWorld) : brought;
  if (!switched.ok) {
    await takeBack(engine, started, world);
    // Where nothing ran before, nothing stays; where something did, the network is in use and Docker refuses.
    if (before.value.length === 0) await engine.run(['network', 'rm', placeName(place)]);
    return switched;
  }
  const kept = new Set(brought.ok ? brought.value.map(({ name }) => name) : []);
  const now = await serversOf(engine, place);
  if (!now.ok) return now;
  const gone = now.value.filter(({ name }) => !kept.has(name));
  await Promise.all(gone.map((container) => endServer(engine, container, onStep)));
  return success({
    url: switched.value.url,
    servers: [...kept],
    changed: started.length > 0 || gone.length > 0 || switched.value.changed,
  });
}

async function serversOf(engine: Engine, place: Place): Promise<Result<readonly Container[], Failure>> {
  return await engine.containers({ [labels.role]: 'server', [labels.place]: placeLabel(place) });
}

function counterOf(container: Container): number {
  return Number(container.labels[labels.counter] ?? 0);
}

async function ensureNetwork(engine: Engine, place: Place): Promise<Result<void, Failure>> {
  const name = placeName(place);
  const found = await engine.run(['network', 'ls', '--quiet', '--filter', `name=^${name}$`]);
  if (!found.ok) return found;
  if (found.value !== '') return success(undefined);
  const label = `--label=${labels.place}=${placeLabel(place)}`;
  const made = await engine.run(['network', 'create', '--driver=bridge', label, name]);
  return made.ok ? success(undefined) : made;
}

interface Bringing {
  readonly place: Place;
  readonly image: string;
  readonly generation: string;
  /** Ids of the containers of this call, for when they have to go again. */
  readonly started: string[];
}

/** As many servers of the generation as are wanted, each ready and right in its answers. */
async function bringServers(
  options: RolloutOptions,
  world: RolloutWorld,
  { place, image, generation, started }: Bringing,
): Promise<Result<readonly Container[], Failure>> {
  const { deployment, replicas } = options;
  const { engine, onStep } = world;
  const there = await serversOf(engine, place);
  if (!there.ok) return there;
  const names: string[] = [];
  for (let replica = 1; replica <= replicas; replica++) {
    const name = serverName(place, { generation, replica });
    names.push(name);
    const found = there.value.find((container) => container.name === name);
    if (found?.running === true) {
      onStep({ kind: 'kept', container: name });
      continue;
    }
    // One that was made and never started, or has ended: Docker would not take its name twice.
    if (found !== undefined) await engine.run(['rm', '--force', '--volumes', name]);
    const created = await engine.run(serverArguments(deployment, { image, generation, replica }));
    if (!created.ok) return created;
    // By its id: a name may be somebody else's by now.
    started.push(created.value);
    const run = await engine.run(['start', created.value]);
    if (!run.ok) return run;
    onStep({ kind: 'started', container: name });
  }
  const ready = await Promise.all(names.map((name) => whenRight(name, options, world, place)));
  const wrong = ready.find((each) => !each.ok);
  if (wrong !== undefined) return wrong as Result<never, Failure>;
  return success(ready.flatMap((each) => (each.ok ? [each.value] : [])));
}

const askEveryMs = 100;

/** Waits until a server is ready, and asks it what the model answered when it was packed. */
async function whenRight(
  name: string,
  { deployment, golden, key }: RolloutOptions,
  { engine, monotonic, sleep, signal, onStep }: RolloutWorld,
  place: Place,
): Promise<Result<Container, Failure>> {
  const { settings, image } = deployment;
  const until = monotonic() + settings.readySeconds * 1000;
  let said = 'it never listened';
  let first: number | undefined;
  for (;;) {
    const servers = await serversOf(engine, place);
    if (!servers.ok) return servers;
    const container = servers.value.find((each) => each.name === name);
    const fail = async (because: string): Promise<Result<never, Failure>> => {
      const words = await engine.lastWords(name);
      const whole = words === '' ? because : `${because}; its last words: ${words}`;
      return failed(startFailed(name, whole, image.digest));
    };
    if (container === undefined) return await fail('somebody removed it');
    first ??= container.restarts;
    if (!container.running || container.restarts > first + 1)
      return await fail(`it ended with ${await exitCodeOf(container, place, { engine, sleep })}`);
    const address = container.addresses[String(image.port)];
    if (address !== undefined) {
      const answer = await readiness(address);
      if (answer === 'ready') {
        onStep({ kind: 'ready', container: name });
        const problem = await problemOfAnswers(address, golden, { key, sleep });
        if (problem !== undefined) return failed(goldenDiffers(name, problem));
        onStep({ kind: 'golden', container: name });
        return success(container);
      }
      said = answer;
    }
    if (signal.aborted) return await fail('this was interrupted');
    if (monotonic() > until) return await fail(`after ${settings.readySeconds} s, ${said}`);
    await sleep(askEveryMs);
  }
}

/** Docker forgets the code for a moment when it starts a container again. */
async function exitCodeOf(
  { name, exitCode }: Container,
  place: Place,
  { engine, sleep }: Pick<RolloutWorld, 'engine' | 'sleep'>,
): Promise<number> {
  let code = exitCode;
  for (let i = 0; code === 0 && i < 10; i++) {
    await sleep(askEveryMs);
    const now = await serversOf(engine, place);
    code = (now.ok ? now.value.find((each) => each.name === name)?.exitCode : undefined) ?? 0;
  }
  return code;
}

async function readiness(address: string): Promise<'ready' | string> {
  try {
    const response = await fetch(`http://${address}/health/ready`, { signal: AbortSignal.timeout(2000) });
    const text = await response.text();
    return response.status === 200
      ? 'ready'
      : `/health/ready answered ${response.status} ${text.slice(0, 200)}`;
  } catch {
    return 'it does not listen';
  }
}

/** The balancer, sending requests to these servers and to no other. */
async function bringBalancer(
  { golden, key, port }: RolloutOptions,
  servers: readonly Container[],
  world: BalancerWorld,
): Promise<Result<{ readonly url: string; readonly changed: boolean }, Failure>> {
  const balancer = await ensureBalancer(servers, port, world);
  if (!balancer.ok) return balancer;
  const switched = await switchBalancer(balancer.value, servers, world, {
    problem: (address) => problemOfAnswers(address, golden, { key, sleep: world.sleep }),
    settled: () => problemAfterSwitch(servers, world),
  });
  if (!switched.ok) return switched;
  return success({
    url: balancer.value.url,
    changed: balancer.value.started || switched.value,
  });
}

const settleMs = 2000;

/** What dies as soon as it is asked for real has not taken over: until this is known, the old ones are there. */
async function problemAfterSwitch(
  servers: readonly Container[],
  { engine, place, monotonic, sleep }: BalancerWorld,
): Promise<Failure | undefined> {
  const until = monotonic() + settleMs;
  for (;;) {
    const now = await serversOf(engine, place);
    if (!now.ok) return now.failure;
    for (const { name, restarts } of servers) {
      const found = now.value.find((each) => each.name === name);
      if (found?.running === true && found.restarts === restarts) continue;
      const words = await engine.lastWords(name);
      const ended =
        found === undefined
          ? 'somebody removed it'
          : `it ended with ${await exitCodeOf(found, place, { engine, sleep })}`;
      return diedAfterSwitch(name, words === '' ? ended : `${ended}; its last words: ${words}`);
    }
    if (monotonic() > until) return undefined;
    await sleep(200);
  }
}

async function takeBack(engine: Engine, started: readonly string[], { onStep }: RolloutWorld): Promise<void> {
  await Promise.all(started.map((id) => engine.run(['rm', '--force', '--volumes', id])));
  if (started.length > 0) onStep({ kind: 'rolled-back', removed: started.map((id) => id.slice(0, 12)) });
}

/** SIGTERM, and as long as the requests that it has may take; then it is removed. */
async function endServer(
  engine: Engine,
  { name, running }: Container,
  onStep: (step: RolloutStep) => void,
): Promise<void> {
  if (running) {
    await engine.run(['stop', name]);
    onStep({ kind: 'drained', container: name });
  }
  const removed = await engine.run(['rm', '--force', '--volumes', name]);
  if (removed.ok) onStep({ kind: 'removed', container: name });
}
