import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { readServingPlan } from './read-plan.ts';
import type { ServerConfig } from './server-config.ts';
import { tracesEndpoint } from './traces/endpoint.ts';
import { settingInvalid } from './workers/failures.ts';

/**
 * The settings of a server that is alone:
 * - `TRAINYARD_PLAN`: a file like plan.json, or a folder with one, or with servables. Default: the folder of the server's file.
 * - `HOST` (0.0.0.0), `PORT` (8080): where it listens.
 * - `TRAINYARD_WORKERS` (1; 0: one a core): processes; `TRAINYARD_THREADS`: threads of each for requests of many rows.
 * - `TRAINYARD_LOG`: where the prediction logs go, instead of what the plan says; `off` keeps none.
 * - `TRAINYARD_ACCESS`: the access file. `TRAINYARD_CORS`: origins whose pages may call, with commas between.
 * - `TRAINYARD_LOG_REQUESTS` (0; 1): a line of the log for each request. `TRAINYARD_DRAIN_SECONDS` (0): how long it still
 *   takes requests after SIGTERM, and says that it is not ready.
 * - `OTEL_EXPORTER_OTLP_ENDPOINT` or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`: where traces go, and whether any are made.
 */
export async function configOfEnvironment(
  env: NodeJS.ProcessEnv,
  folder: URL,
): Promise<Result<ServerConfig, Failure>> {
  const numbers = {
    port: numberOf(env, 'PORT', 8080, 65_535),
    workers: numberOf(env, 'TRAINYARD_WORKERS', 1, 1024),
    threads: numberOf(env, 'TRAINYARD_THREADS', undefined, 1024),
    logRequests: numberOf(env, 'TRAINYARD_LOG_REQUESTS', 0, 1),
    drain: numberOf(env, 'TRAINYARD_DRAIN_SECONDS', 0, 3600),
  };
  const plan = await readServingPlan(env['TRAINYARD_PLAN'] || fileURLToPath(folder));
  for (const number of Object.values(numbers)) if (typeof number === 'object') return failed(number);
  if (!plan.ok) return plan;
  const { port, workers, threads, logRequests, drain } = numbers as {
    readonly [name in keyof typeof numbers]: number;
  } & { readonly threads?: number };
  const traces = tracesEndpoint(env);
  const origins = (env['TRAINYARD_CORS'] ?? '').split(',').flatMap((origin) => origin.trim() || []);
  return success({
    plan: plan.value,
    host: env['HOST'] || '0.0.0.0',
    port,
    workers,
    edge: {
      http: { drainGraceMs: 1000 * drain },
      logRequests: logRequests === 1,
      ...(origins.length === 0 ? {} : { cors: origins }),
      ...(env['TRAINYARD_ACCESS'] ? { access: resolve(env['TRAINYARD_ACCESS']) } : {}),
    },
    ...(threads === undefined ? {} : { threads }),
    ...(traces === undefined ? {} : { traces }),
    ...(env['TRAINYARD_LOG'] ? { log: { to: env['TRAINYARD_LOG'] } } : {}),
  });
}

function numberOf(
  env: NodeJS.ProcessEnv,
  name: string,
  absent: number | undefined,
  most: number,
): number | undefined | Failure {
  const text = env[name];
  if (text === undefined || text === '') return absent;
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= most) return value;
  return settingInvalid(name, text, `a whole number from 0 to ${most}`);
}
