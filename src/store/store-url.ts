import { fileURLToPath } from 'node:url';
import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { StoreFailure } from './failures.ts';
import { schemeUnsupported, urlInvalid } from './failures.ts';

/** What `store:` in trainyard.yaml names. */
export type StorePlace =
  /** A folder, absolute or relative to the root of the project. */
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'bucket'; readonly bucket: string; readonly prefix: string }
  /** A repository of a container registry: `ghcr.io` and `owner/name`. */
  | { readonly kind: 'registry'; readonly host: string; readonly repository: string };

/** Whether a text can name a store at all; nothing is opened. */
export function readStoreUrl(url: string): Result<StorePlace, StoreFailure> {
  const scheme = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(url);
  if (scheme === null) return failed(urlInvalid(url, 'it does not begin with a kind and a colon'));
  const [, name, rest] = scheme as unknown as [string, string, string];
  switch (name.toLowerCase()) {
    case 'file':
      return readFolder(url, rest);
    case 's3':
      return readBucket(url, rest);
    case 'oci':
      return readRegistry(url, rest);
    default:
      return failed(schemeUnsupported(name.toLowerCase()));
  }
}

function readFolder(url: string, rest: string): Result<StorePlace, StoreFailure> {
  const folder = folderOf(url, rest);
  if (folder === undefined || folder.includes('\0')) return failed(urlInvalid(url, 'it names no folder'));
  return success({ kind: 'folder', folder });
}

function folderOf(url: string, rest: string): string | undefined {
  if (!rest.startsWith('//')) return rest === '' ? undefined : rest;
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}

/** By the rules of S3 for buckets; a prefix of plain characters, so that a key needs no quoting anywhere. */
function readBucket(url: string, rest: string): Result<StorePlace, StoreFailure> {
  const parts = /^\/\/([^/]*)(?:\/(.*))?$/s.exec(rest);
  if (parts === null) return failed(urlInvalid(url, 'two slashes and a bucket come after "s3:"'));
  const [, bucket = '', path = ''] = parts;
  if (bucket.includes('@')) return failed(urlInvalid(url, 'credentials belong into the environment'));
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) || /\.\.|^\d+\.\d+\.\d+\.\d+$/.test(bucket))
    return failed(
      urlInvalid(url, 'a bucket has 3 to 63 lower-case letters, digits, dots and hyphens between them'),
    );
  const prefix = path.replace(/\/$/, '');
  const names = prefix === '' ? [] : prefix.split('/');
  if (names.some((part) => !/^[\w.!*'()+=,-]+$/.test(part) || part === '.' || part === '..'))
    return failed(
      urlInvalid(url, 'a prefix has names of letters, digits, ".", "_" and "-" with slashes between'),
    );
  if (prefix.length > 512) return failed(urlInvalid(url, 'its prefix is longer than 512 characters'));
  return success({ kind: 'bucket', bucket, prefix: prefix === '' ? '' : `${prefix}/` });
}

/** By the grammar of the distribution specification. */
function readRegistry(url: string, rest: string): Result<StorePlace, StoreFailure> {
  const parts = /^\/\/([^/]*)(?:\/(.*))?$/s.exec(rest);
  if (parts === null) return failed(urlInvalid(url, 'two slashes and a registry come after "oci:"'));
  const [, host = '', repository = ''] = parts;
  if (host.includes('@')) return failed(urlInvalid(url, 'credentials belong into "docker login"'));
  if (!/^(\[[0-9a-f:]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:\d{1,5})?$/i.test(host))
    return failed(urlInvalid(url, 'it names no registry, such as "ghcr.io"'));
  const component = '[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*';
  if (!new RegExp(`^${component}(?:/${component})*$`).test(repository) || repository.length > 200)
    return failed(
      urlInvalid(
        url,
        'a repository has names of lower-case letters and digits, with ".", "_" or "-" between them',
      ),
    );
  return success({ kind: 'registry', host: host.toLowerCase(), repository });
}
