import type { Failure, Result } from '../base/index.ts';
import { success } from '../base/index.ts';
import type { AccessControl } from './access/access-control.ts';
import type { EdgeConfig } from './edge-config.ts';
import type { ServerLog } from './logs/server-log.ts';
import { stderrLog } from './logs/stderr-log.ts';
import type { ServerOptions } from './open-server.ts';

/** What a listener is given from the configuration. Disposing stops looking at files. */
export interface Edge extends AsyncDisposable {
  readonly options: Pick<ServerOptions, 'http' | 'cors' | 'access' | 'serverLog' | 'logRequests'>;
  readonly log: ServerLog;
}

export interface EdgeOptions {
  /** Another process looks at the access file, too, and tells what is to be told of it. */
  readonly isOneOfMany?: boolean;
}

export async function openEdge(
  config: EdgeConfig = {},
  { isOneOfMany = false }: EdgeOptions = {},
): Promise<Result<Edge, readonly Failure[]>> {
  const { http, cors, logRequests } = config;
  const log = stderrLog(config.logFormat);
  let access: AccessControl | undefined;
  if (config.access !== undefined) {
    const { openAccess } = await import('./access/open-access.ts');
    const opened = await openAccess({ file: config.access, ...(isOneOfMany ? {} : { log }) });
    if (!opened.ok) return opened;
    access = opened.value;
  }
  return success({
    log,
    options: {
      serverLog: log,
      ...(http === undefined ? {} : { http }),
      ...(cors === undefined ? {} : { cors }),
      ...(access === undefined ? {} : { access }),
      ...(logRequests === undefined ? {} : { logRequests }),
    },
    [Symbol.asyncDispose]: async () => {
      await access?.[Symbol.asyncDispose]();
    },
  });
}

/** Every mistake in the access file, if there is one: before anything else is opened. */
export async function edgeFailures({ access }: EdgeConfig = {}): Promise<readonly Failure[]> {
  if (access === undefined) return [];
  const { checkAccess } = await import('./access/open-access.ts');
  return await checkAccess(access);
}
