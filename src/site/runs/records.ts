import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { IndexedRecord, RunHistory } from '../../runs/index.ts';
import type { SiteOutput } from '../output.ts';

/** A record, and where in the site it goes. */
export interface SiteRecord extends IndexedRecord {
  readonly file: string;
}

export interface RecordsWritten {
  readonly added: number;
  /** Sentences about records whose bytes could not be had. */
  readonly missing: readonly string[];
}

/**
 * Which versions of records the files of a folder were made of, as one digest a folder. Where it is still the same, files
 * that are there need not be looked at; elsewhere they are compared, for history that was written anew.
 */
interface FoldersFile {
  readonly version: 1;
  readonly folders: Readonly<Record<string, string>>;
}

const foldersFile = 'runs/folders.json';

/** Writes the records that are not there yet, byte by byte as they stand. */
export async function writeRecords(
  { runs }: { readonly runs: RunHistory },
  records: readonly SiteRecord[],
  output: SiteOutput,
): Promise<Result<RecordsWritten, readonly Failure[]>> {
  const folders = grouped(records);
  const before = await foldersBefore(output);
  const digests = new Map([...folders].map(([folder, inside]) => [folder, digestOf(inside)]));
  const there = await output.list('runs');
  const wanted: SiteRecord[] = [];
  for (const [folder, inside] of folders) {
    const isSame = before[folder] === digests.get(folder);
    wanted.push(...(isSame ? inside.filter(({ file }) => !there.has(file)) : inside));
  }
  await output.make(new Set(wanted.filter(({ file }) => !there.has(file)).map(({ file }) => dirname(file))));
  let added = 0;
  const missing: string[] = [];
  const lost = new Set<string>();
  const read = await runs.readEach(wanted, (record, seen) => {
    const { file, path } = record as SiteRecord;
    if (seen.kind !== 'read') {
      missing.push(`${path}: its bytes are not in this clone`);
      lost.add(dirname(file));
      return;
    }
    if (there.has(file) && output.holds(file, seen.bytes)) return;
    output.write(file, seen.bytes);
    if (!there.has(file)) added++;
  });
  if (!read.ok) return failed([read.failure]);
  const known: FoldersFile = {
    version: 1,
    folders: Object.fromEntries([...digests].filter(([folder]) => !lost.has(folder))),
  };
  await output.put(foldersFile, JSON.stringify(known));
  return success({ added, missing });
}

function grouped(records: readonly SiteRecord[]): ReadonlyMap<string, readonly SiteRecord[]> {
  const folders = new Map<string, SiteRecord[]>();
  for (const record of records) {
    const folder = dirname(record.file);
    const inside = folders.get(folder);
    if (inside === undefined) folders.set(folder, [record]);
    else inside.push(record);
  }
  return folders;
}

function digestOf(inside: readonly SiteRecord[]): string {
  const hash = createHash('sha256');
  for (const { file, version } of inside) hash.update(`${file}\n${version}\n`);
  return hash.digest('hex').slice(0, 16);
}

async function foldersBefore(output: SiteOutput): Promise<FoldersFile['folders']> {
  try {
    const bytes = await output.read(foldersFile);
    const known = JSON.parse(bytes?.toString('utf8') ?? '{}') as Partial<FoldersFile>;
    return known.version === 1 ? (known.folders ?? {}) : {};
  } catch {
    return {};
  }
}
