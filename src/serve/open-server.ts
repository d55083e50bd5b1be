import { randomBytes } from 'node:crypto';
import type { ServingLimits } from './answer-rows.ts';
import type { Fleet } from './fleet.ts';
import type { Listener } from './http/listener.ts';
import { listen } from './http/listener.ts';
import type { PredictionLog } from './log/open-log.ts';
import type { ServerMetrics } from './metrics/index.ts';
import { openMetrics } from './metrics/index.ts';
import type { Observer } from './observer.ts';
import { feedbackRoutes } from './routes/feedback.ts';
import { healthRoutes } from './routes/health.ts';
import { simpleRoutes } from './routes/simple.ts';
import { protocolRoutes } from './routes/v2.ts';
import type { RepositoryControl } from './v2/repository.ts';
import { serverVersion } from './v2/server-version.ts';
import { countStatistics } from './v2/statistics.ts';

export interface ServerOptions {
  readonly fleet: Fleet;
  readonly host: string;
  readonly port: number;
  readonly observers?: readonly Observer[];
  readonly limits?: Partial<ServingLimits>;
  /** Default: those of this process alone. */
  readonly metrics?: ServerMetrics;
  /** Keeps answers, and the labels of `/feedback`. Its observer is one of the server then. */
  readonly log?: PredictionLog;
  /** Absent: nothing new can be loaded, and what is loaded stays. */
  readonly repository?: RepositoryControl;
}

export const defaultLimits: ServingLimits = { maxRows: 10_000, maxBytes: 16 * 2 ** 20, timeoutMs: 10_000 };

/** Answers over HTTP for the models of a fleet. */
export async function openServer(options: ServerOptions): Promise<Listener> {
  const { fleet, host, port, log } = options;
  const observers = [...(options.observers ?? []), ...(log === undefined ? [] : [log.observer])];
  const limits = { ...defaultLimits, ...options.limits };
  const metrics = options.metrics ?? (await openMetrics({ fleet, observers }));
  const statistics = countStatistics();
  const world = {
    fleet,
    observers: [...observers, metrics.observer, statistics.observer],
    limits,
    now: () => Date.now(),
  };
  const protocol = protocolRoutes({
    ...world,
    serverVersion: serverVersion(),
    statistics,
    ...(options.repository === undefined ? {} : { repository: options.repository }),
  });
  return await listen({
    host,
    port,
    maxBytes: limits.maxBytes,
    requestId: requestIds(),
    routes: [
      ...simpleRoutes(world),
      ...protocol,
      ...(log === undefined ? [] : feedbackRoutes({ fleet, log, now: world.now })),
      ...healthRoutes(fleet),
      metrics.route,
    ],
  });
}

/** Unique names, cheap to make: random for the process, then counted. */
function requestIds(): () => string {
  const prefix = randomBytes(9).toString('base64url');
  let count = 0;
  return () => `${prefix}-${(count++).toString(36)}`;
}
