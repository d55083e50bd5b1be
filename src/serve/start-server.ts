import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import type { Failure, Result } from '../base/index.ts';
import { failed, packageFile, success } from '../base/index.ts';
import { checkLogs } from './log/check-logs.ts';
import { edgeFailures } from './open-edge.ts';
import { openProcess } from './open-process.ts';
import type { RunningServer } from './running-server.ts';
import type { ServerConfig } from './server-config.ts';
import { cannotListen } from './workers/failures.ts';

export interface StartOptions {
  /** What further processes and threads run. Default: dist/serve/main.js of this package. */
  readonly file?: URL;
  /** Looks again what is to be served, and applies it; a request may ask for it. */
  readonly look?: () => Promise<void>;
}

/**
 * Starts a server: in this process, or in as many as `workers` says (0: one a core). It resolves once every process
 * listens and has tried to load every version of the plan; what was refused is in the outcome.
 */
export async function startServer(
  config: ServerConfig,
  { file = serverFile(), look }: StartOptions = {},
): Promise<Result<RunningServer, Failure>> {
  const [unlogged] = checkLogs(config.plan, config.log ?? {}, process.env);
  if (unlogged !== undefined) return failed(unlogged);
  const [mistake] = await edgeFailures(config.edge);
  if (mistake !== undefined) return failed(mistake);
  const workers = config.workers === 0 ? availableParallelism() : config.workers;
  if (workers > 1) {
    const { openWorkers } = await import('./workers/open-workers.ts');
    return await openWorkers({ ...config, workers }, { clock: () => performance.now(), file, look });
  }
  try {
    const {
      url,
      outcome,
      readiness,
      apply,
      [Symbol.asyncDispose]: dispose,
    } = await openProcess(config, {
      file,
      ...(look === undefined ? {} : { look }),
    });
    const processes = (): readonly number[] => [process.pid];
    return success({ url, outcome, readiness, apply, processes, [Symbol.asyncDispose]: dispose });
  } catch (error) {
    return failed(cannotListen(config.host, config.port, error));
  }
}

function serverFile(): URL {
  return packageFile('dist/serve/main.js');
}
