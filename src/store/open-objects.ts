import { isAbsolute, resolve } from 'node:path';
import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { StoreFailure } from './failures.ts';
import { objectsUrlInvalid } from './failures.ts';
import type { Objects } from './objects.ts';

export interface ObjectsWorld {
  /** What relative folders are relative to. */
  readonly root: string;
  /** `AWS_ENDPOINT_URL`, `AWS_REGION`, `AWS_ACCESS_KEY_ID`, … */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends what is going on. */
  readonly signal?: AbortSignal;
}

/** Opens `s3://bucket/prefix` or `file:<folder>`. Nothing is asked yet: the first call tells whether it can be reached. */
export async function openObjects(
  url: string,
  { root, env, signal }: ObjectsWorld,
): Promise<Result<Objects, StoreFailure>> {
  const s3 = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([^?#]*))?$/.exec(url);
  if (s3 !== null) {
    const { openS3Objects } = await import('./objects/s3.ts');
    const ending = signal === undefined ? {} : { signal };
    return success(await openS3Objects({ bucket: s3[1]!, prefix: asPrefix(s3[2] ?? ''), env, ...ending }));
  }
  const folder = /^file:(?:\/\/(?=\/))?([^\0]+)$/.exec(url)?.[1];
  if (folder === undefined) return failed(objectsUrlInvalid(url));
  const { openFileObjects } = await import('./objects/file.ts');
  return success(openFileObjects(isAbsolute(folder) ? folder : resolve(root, folder)));
}

function asPrefix(path: string): string {
  const inner = path.replace(/\/+$/, '');
  return inner === '' ? '' : `${inner}/`;
}
