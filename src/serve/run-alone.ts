import process from 'node:process';
import type { Failure } from '../base/index.ts';
import { configOfEnvironment } from './environment.ts';
import { startServer } from './start-server.ts';

/** A server of its own, as in a container: until SIGTERM or SIGINT, and then until the last request is answered. */
export async function runAlone(file: URL, env: NodeJS.ProcessEnv): Promise<void> {
  const config = await configOfEnvironment(env, new URL('./', file));
  if (!config.ok) return end(config.failure);
  const started = await startServer(config.value, { file });
  if (!started.ok) return end(started.failure);
  const server = started.value;
  say({ event: 'started', url: server.url, ...server.outcome });
  let isStopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    say({ event: 'stopping', signal });
    await server[Symbol.asyncDispose]();
    process.exit(0);
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
}

/** The exit codes are those of the command line. */
function end({ cause: _, ...failure }: Failure): void {
  say({ event: 'failed', failure });
  process.exitCode = failure.kind === 'input' ? 2 : 3;
}

/** One line of JSON, for whoever collects what containers say. */
function say(line: Readonly<Record<string, unknown>>): void {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`);
}
