import process from 'node:process';
import type { Failure, Json } from '../base/index.ts';
import { configOfEnvironment } from './environment.ts';
import type { PlanOutcome } from './fleet.ts';
import type { ServerLog } from './logs/server-log.ts';
import { stderrLog } from './logs/stderr-log.ts';
import { startServer } from './start-server.ts';

/** A server of its own, as in a container: until SIGTERM or SIGINT, and then until the last request is answered. */
export async function runAlone(file: URL, env: NodeJS.ProcessEnv): Promise<void> {
  const log = stderrLog();
  const config = await configOfEnvironment(env, new URL('./', file));
  if (!config.ok) return end(config.failure, log);
  const starting = startServer(config.value, { file });
  // From the beginning: the first process of a container that does not listen for SIGTERM does not hear it at all.
  let isStopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    log({
      level: 'info',
      event: 'stopping',
      message: 'It takes no more requests, and answers those that are there',
      facts: { signal },
    });
    const opened = await starting;
    if (opened.ok) await opened.value[Symbol.asyncDispose]();
    process.exit(0);
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
  const started = await starting;
  if (!started.ok) return end(started.failure, log);
  const { url, outcome } = started.value;
  log({
    level: outcome.refused.length === 0 ? 'info' : 'error',
    event: 'started',
    message: `It listens on ${url}`,
    facts: { url, ...(plainOutcome(outcome) as unknown as Readonly<Record<string, Json>>) },
  });
}

/** Causes may be anything. */
function plainOutcome({ refused, ...outcome }: PlanOutcome): PlanOutcome {
  const plain = refused.map(({ failure: { cause: _, ...failure }, ...version }) => ({ ...version, failure }));
  return { ...outcome, refused: plain };
}

/** The exit codes are those of the command line. */
function end(failure: Failure, log: ServerLog): void {
  const { code, message, remedy, place } = failure;
  log({ level: 'error', event: 'failed', message, facts: { code, remedy, place: place as unknown as Json } });
  process.exitCode = failure.kind === 'input' ? 2 : 3;
}
