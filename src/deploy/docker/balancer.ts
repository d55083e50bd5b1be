import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import { balancerConfig, generationPath } from '../balancer/balancer-config.ts';
import { balancerPort } from '../compose/render.ts';
import { portTaken, switchFailed } from '../failures.ts';
import type { StageSettings } from '../settings.ts';
import type { Container } from './engine.ts';
import { imageAtHand } from './engine.ts';
import type { Place } from './labels.ts';
import { labels, placeLabel, placeName } from './labels.ts';
import type { RolloutWorld } from './rollout-world.ts';
import type { BalancerPlan } from './run-arguments.ts';
import { balancerArguments, balancerFacts, balancerFile, balancerFolder } from './run-arguments.ts';

export interface BalancerWorld extends RolloutWorld {
  readonly place: Place;
  readonly settings: StageSettings;
  /** That the servers listen on. */
  readonly serverPort: number;
}

export interface Balancer {
  readonly name: string;
  readonly url: string;
  /** Host and port, from this machine. */
  readonly address: string;
  /** By this call, with its servers already. */
  readonly started: boolean;
  /** Name of the one that was here before, until this one has taken over. */
  readonly before?: string;
}

/** The balancer of the place: the one that runs, or a new one for these servers. */
export async function ensureBalancer(
  servers: readonly Container[],
  port: number | undefined,
  world: BalancerWorld,
): Promise<Result<Balancer, Failure>> {
  const { engine, place, settings, freePort, onStep } = world;
  const image = await imageAtHand(engine, [settings.balancer!]);
  if (!image.ok) return image;
  const found = await engine.containers({
    [labels.role]: 'balancer',
    [labels.place]: placeLabel(place),
  });
  if (!found.ok) return found;
  const name = `${placeName(place)}-balancer`;
  const aside = `${name}-before`;
  const named = (wanted: string): Container | undefined => found.value.find((each) => each.name === wanted);
  const [there, before] = [named(name), named(aside)];
  const known = there ?? before;
  const plan = {
    image: image.value,
    address: settings.address,
    port:
      port ??
      settings.ports[place.model] ??
      (known === undefined ? undefined : Number(known.labels[labels.port])) ??
      (await freePort(settings.address)),
  };
  const host = settings.address === '0.0.0.0' ? '127.0.0.1' : settings.address;
  const address = `${host}:${plan.port}`;
  const isRight = there?.running === true && there.labels[labels.balancer] === balancerFacts(plan);
  const balancer = { name, address, url: `http://${address}`, started: !isRight };
  if (isRight) return success({ ...balancer, ...(before === undefined ? {} : { before: aside }) });
  // It ended, or was never started, or has another image or port. It stays, stopped, until the new one has taken over.
  const hasBefore = before !== undefined || there !== undefined;
  if (before === undefined && there !== undefined) {
    const renamed = await engine.run(['rename', name, aside]);
    if (!renamed.ok) return renamed;
  } else if (there !== undefined) await engine.run(['rm', '--force', '--volumes', name]);
  const whole = { ...balancer, ...(hasBefore ? { before: aside } : {}) };
  // Two cannot listen at one place.
  if (hasBefore && Number(known!.labels[labels.port]) === plan.port) await engine.run(['stop', aside]);
  const started = await startBalancer(name, plan, servers, world);
  if (!started.ok) {
    await restoreBefore(whole, world);
    const isTaken = /port is already allocated|address already in use/.test(started.failure.message);
    return isTaken ? failed(portTaken(address)) : started;
  }
  onStep({ kind: 'balancer-started', url: balancer.url });
  return success(whole);
}

async function startBalancer(
  name: string,
  plan: BalancerPlan,
  servers: readonly Container[],
  world: BalancerWorld,
): Promise<Result<string, Failure>> {
  const { engine, place } = world;
  const created = await engine.run(balancerArguments(place, plan));
  if (!created.ok) return created;
  const written = await engine.put(name, balancerFolder, balancerFile, configFor(servers, world));
  if (!written.ok) return written;
  return await engine.run(['start', name]);
}

/** The balancer of before as it was, in place of one that did not take over. */
async function restoreBefore({ name, before }: Balancer, { engine }: BalancerWorld): Promise<void> {
  await engine.run(['rm', '--force', '--volumes', name]);
  if (before === undefined) return;
  await engine.run(['rename', before, name]);
  await engine.run(['start', name]);
}

function configFor(servers: readonly Container[], { settings, serverPort }: BalancerWorld): string {
  return balancerConfig({
    servers: servers.map(({ name }, i) => ({ name: `s${i + 1}`, host: name, port: serverPort })),
    port: balancerPort,
    generation: namesOf(servers),
    drainSeconds: settings.drainSeconds,
  });
}

function namesOf(servers: readonly Container[]): string {
  return servers.map(({ name }) => name).join(' ');
}

export interface SwitchChecks {
  /** What is wrong with the answers that come through the balancer. */
  readonly problem: (address: string) => Promise<string | undefined>;
  /** What happened to the servers in the first moments of taking all requests. */
  readonly settled: () => Promise<Failure | undefined>;
}

/**
 * Tells the balancer of its servers, unless it knows, and waits until none of its processes knows any other. Whether
 * that was needed.
 */
export async function switchBalancer(
  balancer: Balancer,
  servers: readonly Container[],
  world: BalancerWorld,
  { problem, settled }: SwitchChecks,
): Promise<Result<boolean, Failure>> {
  const { engine, onStep } = world;
  const before = balancer.started ? '' : await told(balancer);
  const isNew = before !== namesOf(servers);
  if (isNew && !balancer.started) {
    const reloaded = await reload(balancer, configFor(servers, world), world);
    if (!reloaded.ok) return reloaded;
  }
  const wrong = (await whenSwitched(balancer, servers, world)) ?? (await problem(balancer.address));
  if (wrong !== undefined) {
    await goBack(balancer, before, world);
    return failed(switchFailed(wrong));
  }
  if (isNew) {
    onStep({ kind: 'switched', to: servers.map(({ name }) => name) });
    const died = await settled();
    if (died !== undefined) {
      await goBack(balancer, before, world);
      return failed(died);
    }
  }
  await whenAlone(engine, balancer, world);
  if (balancer.before !== undefined) {
    await engine.run(['stop', balancer.before]);
    await engine.run(['rm', '--force', '--volumes', balancer.before]);
  }
  return success(isNew || balancer.before !== undefined);
}

/** Checked by HAProxy itself before it is asked to read it: one that it cannot read changes nothing. */
async function reload(
  { name }: Balancer,
  config: string,
  { engine }: BalancerWorld,
): Promise<Result<void, Failure>> {
  const next = await engine.put(name, balancerFolder, 'next.cfg', config);
  if (!next.ok) return next;
  const checked = await engine.run(['exec', name, 'haproxy', '-c', '-f', `${balancerFolder}/next.cfg`]);
  if (!checked.ok) return failed(switchFailed(checked.failure.message));
  const written = await engine.put(name, balancerFolder, balancerFile, config);
  if (!written.ok) return written;
  const told = await engine.run(['kill', '--signal=USR2', name]);
  return told.ok ? success(undefined) : told;
}

/** The servers that the balancer sends requests to now, as it says itself; `undefined` when it says nothing. */
async function told({ address }: Balancer): Promise<string | undefined> {
  try {
    const headers = { connection: 'close' };
    const signal = AbortSignal.timeout(2000);
    const response = await fetch(`http://${address}${generationPath}`, { headers, signal });
    return response.status === 200 ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}

const switchMs = 15_000;

async function whenSwitched(
  balancer: Balancer,
  servers: readonly Container[],
  { engine, monotonic, sleep }: BalancerWorld,
): Promise<string | undefined> {
  const until = monotonic() + switchMs;
  while ((await told(balancer)) !== namesOf(servers)) {
    if (monotonic() > until) {
      const words = await engine.lastWords(balancer.name);
      return `after ${switchMs / 1000} s it does not say that it knows them; its last words: ${words}`;
    }
    await sleep(50);
  }
  return undefined;
}

/** A process of before goes on with its connections, and knows the servers of before: they stay as long as it does. */
async function whenAlone(
  engine: BalancerWorld['engine'],
  { name }: Balancer,
  { monotonic, sleep, settings }: BalancerWorld,
): Promise<void> {
  const until = monotonic() + (settings.drainSeconds + 5) * 1000;
  while (((await engine.processes(name)) ?? 0) > masterAndWorker && monotonic() < until) await sleep(200);
}

const masterAndWorker = 2;

/** The servers that it had before; where it had none, nobody has anything to lose. */
async function goBack(balancer: Balancer, before: string | undefined, world: BalancerWorld): Promise<void> {
  const { engine, place } = world;
  if (balancer.started) return await restoreBefore(balancer, world);
  const servers = await engine.containers({
    [labels.role]: 'server',
    [labels.place]: placeLabel(place),
  });
  const names = (before ?? '').split(' ');
  const old = servers.ok ? servers.value.filter(({ name }) => names.includes(name)) : [];
  if (old.length > 0) await reload(balancer, configFor(old, world), world);
}
