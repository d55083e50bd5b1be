import { createHash } from 'node:crypto';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { LogFailure } from './failures.ts';
import { authorizationUnbound, logTargetInvalid } from './failures.ts';

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
  const unbound = unboundAuthorization(url, env);
  return unbound === undefined ? success({ kind: 'http', url: to, folder }) : failed(unbound);
}

/**
 * Whoever writes a pipeline file chooses where events go, not where the secret of the server goes: that is said by whoever
 * gives the secret.
 */
function unboundAuthorization(url: URL, env: TargetWorld['env']): LogFailure | undefined {
  if (!env['TRAINYARD_LOG_AUTHORIZATION']) return undefined;
  const said = env['TRAINYARD_LOG_AUTHORIZATION_ORIGIN'];
  if (!said) return authorizationUnbound(url.origin, 'it is not said for whom it is');
  if (!URL.canParse(said) || new URL(said).origin !== url.origin)
    return authorizationUnbound(url.origin, `it is for ${JSON.stringify(said)} only`);
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol === 'https:' || isHere) return undefined;
  return authorizationUnbound(url.origin, 'everybody on the way could read it: only https:// keeps a secret');
}

/** Of a target that is far: below `TRAINYARD_LOG_SPOOL`, else below the folder for temporary files. */
function spoolFolder(to: string, { root, env }: TargetWorld): string {
  const name = createHash('sha256').update(to).digest('hex').slice(0, 12);
  const set = env['TRAINYARD_LOG_SPOOL'];
  const spool =
    set === undefined || set === '' ? join(tmpdir(), `trainyard-log-${userInfo().uid}`) : resolve(root, set);
  return join(spool, name);
}
