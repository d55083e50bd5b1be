import type { AccessControl } from './access/access-control.ts';
import type { ServingLimits } from './answer-rows.ts';
import type { Fleet } from './fleet.ts';
import { drainable } from './fleets/drainable.ts';
import type { CorsOrigins } from './http/cors.ts';
import type { HttpLimits } from './http/limits.ts';
import type { Listener } from './http/listener.ts';
import { listen } from './http/listener.ts';
import { requestIds } from './http/request-id.ts';
import { describeFeedback } from './log/describe-feedback.ts';
import type { PredictionLog } from './log/open-log.ts';
import type { ServerLog } from './logs/server-log.ts';
import type { ServerMetrics } from './metrics/index.ts';
import { openMetrics } from './metrics/index.ts';
import type { Observer } from './observer.ts';
import { docsRoutes } from './routes/docs.ts';
import { feedbackRoutes, maxItems } from './routes/feedback.ts';
import { describeHealth, healthRoutes } from './routes/health.ts';
import { describeOpenApi, openApiRoutes } from './routes/openapi.ts';
import { simpleRoutes } from './routes/simple.ts';
import { protocolRoutes } from './routes/v2.ts';
import { describeSimple } from './simple/describe.ts';
import { protocolApi } from './v2/describe.ts';
import { refusalReply } from './v2/refusal.ts';
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
  readonly http?: Partial<HttpLimits>;
  /** Absent: everybody may do everything. The caller disposes it. */
  readonly access?: AccessControl;
  /** Origins whose pages may call; `*` is every one. Default: none. */
  readonly cors?: CorsOrigins;
  readonly serverLog?: ServerLog;
  /** A line of the log for each request. */
  readonly logRequests?: boolean;
  /** Absent: nothing new can be loaded, and what is loaded stays. */
  readonly repository?: RepositoryControl;
  /** Resolves when other processes hold the listening socket no more. Default: there are none. */
  readonly released?: () => Promise<void>;
}

export const defaultLimits: ServingLimits = { maxRows: 10_000, maxBytes: 16 * 2 ** 20, timeoutMs: 10_000 };

/** Answers over HTTP for the models of a fleet. */
export async function openServer(options: ServerOptions): Promise<Listener> {
  const { host, port, log, serverLog, access, cors } = options;
  const observers = [...(options.observers ?? []), ...(log === undefined ? [] : [log.observer])];
  const limits = { ...defaultLimits, ...options.limits };
  const drain = drainable(options.fleet);
  const { fleet } = drain;
  const metrics = options.metrics ?? (await openMetrics({ fleet, observers }));
  const statistics = countStatistics();
  const world = {
    fleet,
    observers: [...observers, metrics.observer, statistics.observer],
    limits,
    now: () => Date.now(),
  };
  const page = { serverVersion: serverVersion(), hasAccess: access !== undefined };
  const protocol = protocolRoutes({
    ...world,
    serverVersion: page.serverVersion,
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
      ...(log === undefined ? [] : feedbackRoutes({ fleet, log, now: world.now, maxBytes: limits.maxBytes })),
      ...healthRoutes(fleet),
      { ...metrics.route, needs: 'metrics' },
      ...openApiRoutes({
        fleet,
        ...page,
        parts: [
          (models) => describeSimple(models, limits.maxRows),
          ...(log === undefined ? [] : [(models: Fleet) => describeFeedback(models, log, maxItems)]),
          describeHealth,
          describeOpenApi,
          protocolApi,
        ],
      }),
      ...docsRoutes({ fleet, ...page }),
    ],
    observers: world.observers,
    timeoutOf: ({ model }) =>
      (model === undefined ? undefined : fleet.model(model)?.limits?.timeoutMs) ?? limits.timeoutMs,
    refuseUnknown: (path) => (path === '/v2' || path.startsWith('/v2/') ? refusalReply : undefined),
    draining: drain.begin,
    ...(options.released === undefined ? {} : { released: options.released }),
    ...(options.http === undefined ? {} : { limits: options.http }),
    ...(access === undefined ? {} : { admit: access.admit }),
    ...(cors === undefined ? {} : { cors }),
    ...(serverLog === undefined ? {} : { log: serverLog }),
    ...(options.logRequests === undefined ? {} : { logRequests: options.logRequests }),
  });
}
