import { digestOfBytes } from '../../base/index.ts';
import { problemOfModelName } from '../../registry/index.ts';

/** Names of files for names that another tool gave: those may hold slashes, or differ by their case alone. */
export function fileNameOf(model: string): string {
  return problemOfModelName(model) === undefined ? model : `other-${digits(model)}`;
}

/** A version of ours is a file name already; of others, digits of the digest keep two of them apart. */
export function folderOfVersion(version: string): string {
  return /^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9a-z.-]{1,40})?$/.test(version) ? version : `other-${digits(version)}`;
}

function digits(name: string): string {
  return digestOfBytes(name).slice('sha256:'.length, 'sha256:'.length + 16);
}
