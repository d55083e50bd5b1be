import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Digest } from '../../base/index.ts';
import { isDigest } from '../../base/index.ts';
import type { Artifact, CacheEntry } from '../cache.ts';
import { writeWhole } from './write-whole.ts';

/** What steps gave, by fingerprint: one small file each. Losing it costs time, never correctness. */
export interface StepCache {
  get(fingerprint: Digest): CacheEntry | undefined;
  put(entry: CacheEntry): Promise<void>;
  forget(fingerprint: Digest): Promise<void>;
}

/** @param folder made by the first write */
export function openStepCache(folder: string): StepCache {
  const fileOf = (fingerprint: Digest): string => {
    const hex = fingerprint.slice('sha256:'.length);
    return path.join(folder, hex.slice(0, 2), `${hex.slice(2)}.json`);
  };
  return {
    get: (fingerprint) => parseEntry(readText(fileOf(fingerprint)), fingerprint),
    put: (entry) => writeWhole(fileOf(entry.fingerprint), `${JSON.stringify(entry)}\n`),
    forget: (fingerprint) => rm(fileOf(fingerprint), { force: true }),
  };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** A file that was damaged, or written by another version, is as good as none. */
export function parseEntry(text: string, fingerprint: Digest): CacheEntry | undefined {
  if (text === '') return undefined;
  try {
    const value = JSON.parse(text) as CacheEntry;
    const sound =
      value.version === 1 &&
      value.fingerprint === fingerprint &&
      typeof value.seconds === 'number' &&
      isArtifact(value.log) &&
      Array.isArray(value.outputs) &&
      value.outputs.every(isArtifact);
    return sound ? value : undefined;
  } catch {
    return undefined;
  }
}

function isArtifact(value: Artifact | undefined): boolean {
  return (
    typeof value?.name === 'string' &&
    typeof value.bytes === 'number' &&
    typeof value.digest === 'string' &&
    isDigest(value.digest)
  );
}
