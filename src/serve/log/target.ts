import { createHash } from 'node:crypto';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { LogFailure } from './failures.ts';
import { logTargetInvalid } from './failures.ts';

/** Where a log goes. All are written to a folder first; of the last two it waits there until it is delivered. */
export type LogTarget =
  | { readonly kind: 'file'; readonly folder: string }
  | { readonly kind: 's3'; readonly url: string; readonly folder: string }
  | { readonly kind: 'http'; readonly url: string; readonly folder: string };

export interface TargetWorld {
  /** What relative folders are relative to. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Reads `file:<folder>`, `s3://bucket/prefix` and `http(s)://…`. */
export function readLogTarget(to: string, { root, env }: TargetWorld): Result<LogTarget, LogFailure> {
  if (to.startsWith('file:')) {
    const path = to.slice('file:'.length).replace(/^\/\/(?=\/)/, '');
    if (path === '' || path.startsWith('//') || path.includes('\0'))
      return failed(logTargetInvalid(to, 'it names no folder'));
    return success({ kind: 'file', folder: resolve(root, path) });
  }
  const folder = spoolFolder(to, { root, env });
  if (to.startsWith('s3://')) {
    if (!/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[^?#]*)?$/.test(to))
      return failed(logTargetInvalid(to, 'it is no s3://bucket/prefix'));
    return success({ kind: 's3', url: to, folder });
  }
  let url: URL;
  try {
    url = new URL(to);
  } catch {
    return failed(
      logTargetInvalid(to, 'it is neither file:<folder>, nor s3://bucket/prefix, nor an http(s) address'),
    );
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return failed(logTargetInvalid(`${url.protocol}//…`, 'only file:, s3:, http: and https: are possible'));
  if (url.username !== '' || url.password !== '')
    return failed(
      logTargetInvalid(
        url.origin,
        'names and passwords do not belong into an address: set TRAINYARD_LOG_AUTHORIZATION',
      ),
    );
  return success({ kind: 'http', url: to, folder });
}

/** Of a target that is far: below `TRAINYARD_LOG_SPOOL`, else below the folder for temporary files. */
function spoolFolder(to: string, { root, env }: TargetWorld): string {
  const name = createHash('sha256').update(to).digest('hex').slice(0, 12);
  const set = env['TRAINYARD_LOG_SPOOL'];
  const spool =
    set === undefined || set === '' ? join(tmpdir(), `trainyard-log-${userInfo().uid}`) : resolve(root, set);
  return join(spool, name);
}
