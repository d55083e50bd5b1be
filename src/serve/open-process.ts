import { performance } from 'node:perf_hooks';
import { openEngines } from './engines/open-engines.ts';
import type { PlanOutcome, Readiness } from './fleet.ts';
import { versionOpener } from './fleets/open-version.ts';
import { planFleet } from './fleets/plan-fleet.ts';
import { openProcessLog } from './log/process-log.ts';
import type { MetricsOptions, ProcessMetrics } from './metrics/index.ts';
import { openMetrics } from './metrics/index.ts';
import { openEdge } from './open-edge.ts';
import { openServer } from './open-server.ts';
import type { ServingPlan } from './plan.ts';
import type { ServerConfig } from './server-config.ts';
import type { Traces } from './traces/open-traces.ts';
import { serverVersion } from './v2/server-version.ts';

/** A process that answers. Disposing answers what is there, and takes no more. */
export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  readonly outcome: PlanOutcome;
  readiness(): Readiness;
  apply(plan: ServingPlan): Promise<PlanOutcome>;
  metrics(): Promise<ProcessMetrics>;
}

export interface ProcessOptions {
  /** What the other processes add to the readiness of this one. */
  readonly group?: (own: Readiness) => Readiness;
  readonly gather?: MetricsOptions['gather'];
  /** Resolves when the parent holds the listening socket no more. */
  readonly released?: () => Promise<void>;
  /** Looks again what is to be served. */
  readonly look?: () => Promise<void>;
  /** What threads run; they are this server in another role. */
  readonly file: URL;
}

/** Opens everything that answering takes in one process: engines, fleet, log, metrics, listener; throws when it cannot listen. */
export async function openProcess(config: ServerConfig, options: ProcessOptions): Promise<ServerProcess> {
  const edge = await openEdge(config.edge, { isOneOfMany: options.group !== undefined });
  // Whoever starts a server has looked at the access file before.
  if (!edge.ok) throw new Error(edge.failure.map(({ message }) => message).join('; '));
  const engines = openEngines({
    clock: () => performance.now(),
    file: options.file,
    ...threadsOf(config),
  });
  const fleet = planFleet({ open: versionOpener({ engineOf: engines.engineOf }) });
  const { group = (own) => own, gather, look } = options;
  const shown = { ...fleet, readiness: () => group(fleet.readiness()) };
  const traces = await tracesOf(config);
  const log = openProcessLog(config.log ?? {}, shown, options.file);
  const metrics = await openMetrics({
    fleet: shown,
    observers: [log.observer],
    ...(gather === undefined ? {} : { gather }),
  });
  const load = async (): Promise<PlanOutcome> => {
    const outcome = await fleet.apply(config.plan);
    await log.open(config.plan.models.map(({ model }) => model));
    return outcome;
  };
  // Alone, it listens before the models are loaded: who asks meanwhile learns that it lives and is not ready. One of some
  // takes connections from the others, which are ready, and so loads first.
  const loaded = options.group === undefined ? undefined : await load();
  const listener = await openServer({
    fleet: shown,
    metrics,
    log,
    ...(traces === undefined ? {} : { observers: [traces.observer] }),
    host: config.host,
    port: config.port,
    ...edge.value.options,
    ...(config.limits === undefined ? {} : { limits: config.limits }),
    ...(look === undefined ? {} : { repository: { look } }),
    ...(options.released === undefined ? {} : { released: options.released }),
  });
  const outcome = loaded ?? (await load());
  return {
    url: listener.url,
    outcome,
    readiness: () => fleet.readiness(),
    apply: (plan) => fleet.apply(plan),
    metrics: () => metrics.own(),
    [Symbol.asyncDispose]: async () => {
      await listener[Symbol.asyncDispose]();
      await traces?.[Symbol.asyncDispose]();
      await edge.value[Symbol.asyncDispose]();
      await fleet[Symbol.asyncDispose]();
      await log[Symbol.asyncDispose]();
      await engines[Symbol.asyncDispose]();
    },
  };
}

async function tracesOf({ traces }: ServerConfig): Promise<Traces | undefined> {
  if (traces === undefined) return undefined;
  const { openTraces } = await import('./traces/open-traces.ts');
  return await openTraces({ endpoint: traces, serverVersion: serverVersion(), now: () => Date.now() });
}

function threadsOf({ threads }: ServerConfig): { readonly threads?: number } {
  return threads === undefined ? {} : { threads };
}
