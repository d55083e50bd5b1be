import { isAbsolute, normalize } from 'node:path';
import type { Digest, Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { RunRecord } from '../../runs/index.ts';
import { decodeRecord } from '../../runs/index.ts';
import type { Store } from '../../store/index.ts';
import { readStoreUrl } from '../../store/index.ts';
import type { LogFacts, StoreAt, StoreFile } from '../format/index.ts';
import { logFile, recordFile, storeFile } from '../format/index.ts';
import type { SiteOutput } from '../output.ts';
import type { SiteSources } from '../sources.ts';
import { boundedLog } from './bounded-log.ts';
import { namedOtherwise } from './named-otherwise.ts';

/** The newest runs only: older logs are in the store. */
const runsWithLogs = 300;

/** A log that is larger stays in the store. */
const mostBytes = 17 * 1024 * 1024;

/**
 * Where the store is; and, when `site: logs: true` asks for them, the texts of the newest runs' logs, as far as the store
 * is a folder of this machine. A record names the log of each step that ran as its artifact `log`; secrets were masked
 * when it was written. Who may push records may give this name to anything that is in the store: what any record names
 * as something else, too, is no log.
 */
export async function writeLogs(
  { runs, openStore, project }: Pick<SiteSources, 'runs' | 'openStore' | 'project'>,
  output: SiteOutput,
): Promise<Result<void, readonly Failure[]>> {
  const place = placeOf(project.store);
  const there = await output.list('logs');
  const before = await filesBefore(output);
  const logs: Record<string, LogFacts> = {};
  const isAtHand = place?.kind === 'folder' || place === undefined;
  const store = isAtHand && project.site.logs === true ? await openStore() : undefined;
  if (store?.ok === true && store.value.path !== undefined) {
    const asked = await runs.askIndex((index) =>
      Array.from({ length: index.count }, (_, i) => index.count - 1 - i).map((row) => ({
        file: recordFile(index.pipeline(row), index.id(row)),
        isArchived: index.isArchived(row),
      })),
    );
    if (!asked.ok) return failed([asked.failure]);
    const records = asked.value.map(({ file }) => file);
    const newest = asked.value.filter(({ isArchived }) => !isArchived).slice(0, runsWithLogs);
    const candidates = new Map<string, Digest>();
    for (const { file } of newest) {
      for (const { digest, bytes } of await logsOf(file, output)) {
        const hex = digest.slice('sha256:'.length);
        if (/^[0-9a-f]{64}$/.test(hex) && bytes <= mostBytes) candidates.set(hex, digest);
      }
    }
    const others = await namedOtherwise(candidates, records, output);
    for (const [hex, digest] of candidates) {
      if (!others.has(hex)) {
        const known = there.has(logFile(hex)) ? before.logs[hex] : undefined;
        const facts = known ?? (await writeLog(store.value, digest, output));
        if (facts !== undefined) logs[hex] = facts;
      }
    }
  }
  const file: StoreFile = { version: 1, ...(place === undefined ? {} : { place }), logs };
  await output.put(storeFile, JSON.stringify(file));
  await output.remove([...there].filter((path) => logs[path.slice(5, -4)] === undefined));
  return success(undefined);
}

/** A path that leads out of the repository says something of one machine. */
function placeOf(url: string): StoreAt | undefined {
  const place = readStoreUrl(url);
  if (!place.ok) return undefined;
  if (place.value.kind !== 'folder') return place.value;
  const { folder } = place.value;
  return isAbsolute(folder) || /^\.\.($|[\\/])/.test(normalize(folder)) ? undefined : place.value;
}

async function logsOf(
  file: string,
  output: SiteOutput,
): Promise<readonly RunRecord['steps'][number]['artifacts'][number][]> {
  const record = await decodeRecord(file, (await output.read(file)) ?? new Uint8Array());
  // A record that cannot be read has no page that would show logs.
  if (!record.ok) return [];
  return record.value.steps.flatMap(({ artifacts }) => artifacts.filter(({ name }) => name === 'log'));
}

/** Nothing when the store has not these bytes: runs of other machines leave theirs there. */
async function writeLog(
  store: Store,
  digest: RunRecord['steps'][number]['artifacts'][number]['digest'],
  output: SiteOutput,
): Promise<LogFacts | undefined> {
  if (!(await store.has(digest))) return undefined;
  const read = await store.read(digest);
  if (!read.ok) return undefined;
  const { text, isCut } = boundedLog(new TextDecoder().decode(read.value));
  await output.keep(logFile(digest.slice('sha256:'.length)), () => text);
  return { bytes: read.value.length, ...(isCut ? { cut: true } : {}) };
}

async function filesBefore(output: SiteOutput): Promise<Pick<StoreFile, 'logs'>> {
  try {
    const file = JSON.parse((await output.read(storeFile))?.toString('utf8') ?? '') as StoreFile;
    return file.version === 1 ? file : { logs: {} };
  } catch {
    return { logs: {} };
  }
}
