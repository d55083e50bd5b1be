import { fileURLToPath } from 'node:url';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { readServingPlan } from './read-plan.ts';
import type { ServerConfig } from './server-config.ts';
import { settingInvalid } from './workers/failures.ts';

/**
 * The settings of a server that is alone:
 * - `TRAINYARD_PLAN`: a file like plan.json, or a folder with one, or with servables. Default: the folder of the server's file.
 * - `HOST` (0.0.0.0), `PORT` (8080): where it listens.
 * - `TRAINYARD_WORKERS` (1; 0: one a core): processes; `TRAINYARD_THREADS`: threads of each for requests of many rows.
 * - `TRAINYARD_LOG`: where the prediction logs go, instead of what the plan says; `off` keeps none.
 */
export async function configOfEnvironment(
  env: NodeJS.ProcessEnv,
  folder: URL,
): Promise<Result<ServerConfig, Failure>> {
  const numbers = {
    port: numberOf(env, 'PORT', 8080, 65_535),
    workers: numberOf(env, 'TRAINYARD_WORKERS', 1, 1024),
    threads: numberOf(env, 'TRAINYARD_THREADS', undefined, 1024),
  };
  const plan = await readServingPlan(env['TRAINYARD_PLAN'] || fileURLToPath(folder));
  for (const number of Object.values(numbers)) if (typeof number === 'object') return failed(number);
  if (!plan.ok) return plan;
  const { port, workers, threads } = numbers as { port: number; workers: number; threads?: number };
  return success({
    plan: plan.value,
    host: env['HOST'] || '0.0.0.0',
    port,
    workers,
    ...(threads === undefined ? {} : { threads }),
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
