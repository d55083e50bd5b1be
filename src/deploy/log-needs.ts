import { posix } from 'node:path';
import type { PredictionLogFile } from '../pipeline/index.ts';
import type { LogNeeds } from './deployment.ts';
import { appFolder } from './image/image-paths.ts';

/** What the log of a pipeline needs around its server: a port to write to, or a folder. */
export function logNeeds(log: PredictionLogFile | undefined): LogNeeds {
  if (log === undefined) return { ports: [] };
  if (log.to.startsWith('file:')) {
    return { ports: [], folder: posix.resolve(appFolder, log.to.slice('file:'.length)) };
  }
  return { ports: [portOf(log.to)], folder: spool, environment: { TRAINYARD_LOG_SPOOL: spool } };
}

/** Where what is not sent yet waits: /tmp is too small for that. */
const spool = '/spool';

function portOf(to: string): number {
  if (to.startsWith('s3://')) return 443;
  const { port, protocol } = new URL(to);
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}
