import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { RunIndex } from '../../runs/index.ts';
import type { RunsManifest } from '../format/index.ts';
import { recordFile, runsManifestFile } from '../format/index.ts';
import type { SiteOutput } from '../output.ts';
import type { SiteSources } from '../sources.ts';
import { isPipelineName } from './pipeline-name.ts';
import type { SiteRecord } from './records.ts';
import { writeRecords } from './records.ts';
import type { Table } from './table.ts';
import { tableOf } from './table.ts';

export interface RunsWritten {
  /** Runs of the table: not the archived ones. */
  readonly total: number;
  /** Records that were not there yet. */
  readonly added: number;
  readonly missing: readonly string[];
}

/**
 * The table of runs and their records. Archived runs keep their records, so that links to them lead somewhere, and are
 * listed apart; a run that is on the branch no more loses its record. The manifest comes last; what only the manifest
 * before the last named goes then, so that a page that is being read finds what its own manifest names.
 */
export async function writeRuns(
  { runs }: Pick<SiteSources, 'runs'>,
  output: SiteOutput,
): Promise<Result<RunsWritten, readonly Failure[]>> {
  const asked = await runs.askIndex(contentOf);
  if (!asked.ok) return failed([asked.failure]);
  const { table, records, missing } = asked.value;
  const before = await manifestBefore(output);
  const written = await writeRecords({ runs }, records, output);
  if (!written.ok) return written;
  for (const [file, text] of table.files) await output.keep(file, () => text);
  await output.put(runsManifestFile, JSON.stringify(table.manifest));
  await removeOthers({ table, records, before }, output);
  return success({
    total: table.manifest.runs,
    added: written.value.added,
    missing: [...missing, ...written.value.missing],
  });
}

interface Content {
  readonly table: Table;
  readonly records: readonly SiteRecord[];
  /** Sentences. */
  readonly missing: readonly string[];
}

function contentOf(index: RunIndex): Content {
  const records: SiteRecord[] = [];
  const rows: number[] = [];
  const missing = index.rest.damaged.map(({ path, because }) => `${path}: ${because}`);
  const seen = new Set<string>();
  for (let row = 0; row < index.count; row++) {
    const path = index.path(row);
    const file = recordFile(index.pipeline(row), index.id(row));
    if (!isPipelineName(index.pipeline(row))) {
      missing.push(`${path}: no pipeline can have this name`);
      continue;
    }
    // A run that one clone archived and another did not: of the two, which are the same, the first is not archived.
    if (seen.has(file)) continue;
    seen.add(file);
    rows.push(row);
    records.push({ path, version: index.version(row), file });
  }
  return { table: tableOf(index, rows), records, missing };
}

async function manifestBefore(output: SiteOutput): Promise<RunsManifest | undefined> {
  try {
    return JSON.parse((await output.read(runsManifestFile))?.toString('utf8') ?? '') as RunsManifest;
  } catch {
    return undefined;
  }
}

/** Removes records of runs that are gone, shards that nothing names, and drafts that an ended build left. */
async function removeOthers(
  {
    table,
    records,
    before,
  }: {
    readonly table: Table;
    readonly records: readonly SiteRecord[];
    readonly before: RunsManifest | undefined;
  },
  output: SiteOutput,
): Promise<void> {
  const named = new Set([...table.files.keys(), ...records.map(({ file }) => file)]);
  for (const { file, intervals } of [...(before?.shards ?? []), ...(before?.archived ?? [])]) {
    named.add(file);
    if (intervals !== undefined) named.add(intervals);
  }
  const isOurs = (path: string): boolean => /\/shard-[^/]*$|\/\d{8}-[^/]*$|\.draft$/.test(path);
  const there = await output.list('runs');
  await output.remove([...there].filter((path) => isOurs(path) && !named.has(path)));
}
