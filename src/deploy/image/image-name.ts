import type { Digest, Result } from '../../base/index.ts';
import { failed, isDigest, success } from '../../base/index.ts';
import type { ImageFailure } from './failures.ts';
import { imageName } from './failures.ts';

/** The parts of `gcr.io/distroless/nodejs22-debian12:nonroot@sha256:...`. */
export interface ImageName {
  /** `gcr.io`, `127.0.0.1:5000`; absent when the name has none. */
  readonly host?: string;
  /** `distroless/nodejs22-debian12` */
  readonly path: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

/** Reads a name by the grammar of Docker: the first part is a host when it has a dot or a port, or is `localhost`. */
export function readImageName(text: string): Result<ImageName, ImageFailure> {
  const [rest = '', digest] = cut(text, '@');
  if (digest !== undefined && !isDigest(digest))
    return failed(imageName(text, 'its digest is not `sha256:` and 64 digits'));
  const slash = rest.indexOf('/');
  const first = slash === -1 ? '' : rest.slice(0, slash);
  const hasHost = first === 'localhost' || /[.:]/.test(first);
  const tail = hasHost ? rest.slice(slash + 1) : rest;
  const [path = '', tag] = cut(tail, ':');
  if (hasHost && !/^(\[[0-9a-f:]+\]|[a-zA-Z0-9][a-zA-Z0-9.-]*)(:\d{1,5})?$/.test(first))
    return failed(imageName(text, `\`${first}\` is no host`));
  if (!/^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*$/.test(path))
    return failed(
      imageName(text, 'a path has lower-case letters, digits, and single `.`, `_` and `-` between them'),
    );
  if (tag !== undefined && !isTag(tag))
    return failed(imageName(text, 'a tag has letters, digits, `_`, `.` and `-`, 128 at most'));
  return success({
    ...(hasHost ? { host: first } : {}),
    path,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest: digest as Digest }),
  });
}

export function isTag(text: string): boolean {
  return /^\w[\w.-]{0,127}$/.test(text);
}

/** Host and path, as they were written. */
export function repositoryOf({ host, path }: ImageName): string {
  return host === undefined ? path : `${host}/${path}`;
}

/** Where an image is fetched from: names without a host are Docker Hub's. */
export function registryOf({ host, path }: ImageName): { readonly host: string; readonly path: string } {
  if (host !== undefined && host !== 'docker.io') return { host, path };
  return { host: 'registry-1.docker.io', path: path.includes('/') ? path : `library/${path}` };
}

function cut(text: string, mark: string): readonly [string, string | undefined] {
  const at = text.indexOf(mark);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
