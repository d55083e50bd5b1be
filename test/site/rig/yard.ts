import { execFileSync } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from '../../../src/git/index.ts';
import type { RunHistory, RunRecord } from '../../../src/runs/index.ts';
import { newRunId, openRuns, recordPath } from '../../../src/runs/index.ts';
import type { RunsManifest, RunsShard } from '../../../src/site/format/index.ts';
import { siteOutput } from '../../../src/site/output.ts';
import { writeRuns } from '../../../src/site/runs/write-runs.ts';
import { gitRig, value } from '../../git/rig.ts';
import { sampleRecord } from '../../runs/sample-record.ts';

export const branch = 'trainyard/runs';

/** A repository with records, and the folder `data/` of its site. */
export interface Yard extends AsyncDisposable {
  readonly root: string;
  readonly out: string;
  readonly repository: Repository;
  readonly history: RunHistory;
  /** Commits files to the branch of records as they are. */
  put(files: Readonly<Record<string, string>>, remove?: readonly string[]): Promise<void>;
  /** Adds records, however many, as Git itself would. */
  grow(records: readonly RunRecord[]): Promise<void>;
  git(...args: readonly string[]): Promise<string>;
  /** Writes the table and the records; a history of its own stands for another process. */
  build(history?: RunHistory): Promise<{ total: number; added: number; missing: readonly string[] }>;
  /** Files of the site with what tells whether they were written again. */
  files(): Promise<ReadonlyMap<string, string>>;
  text(path: string): Promise<string>;
  manifest(): Promise<RunsManifest>;
  shard(path: string): Promise<RunsShard>;
}

export async function openYard(): Promise<Yard> {
  const rig = await gitRig();
  await rig.repository('r');
  const repository = await rig.open('r');
  const root = join(rig.path, 'r');
  const out = join(rig.path, 'site', 'data');
  const text = (path: string): Promise<string> => readFile(join(out, path), 'utf8');
  const yard: Yard = {
    root,
    out,
    repository,
    history: openRuns({ repository, branch, root }),
    put: async (files, remove = []) => {
      const tip = await repository.tip(branch);
      const commit = value(
        await repository.writeCommit({
          parent: tip,
          add: Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text) })),
          remove,
          message: 'by hand',
          time: new Date(0),
        }),
      );
      value(await repository.updateRefs([{ ref: `refs/heads/${branch}`, before: tip, after: commit }]));
    },
    grow: async (records) => {
      const tip = await repository.tip(branch);
      const files = records.map((record) => {
        const text = JSON.stringify(record);
        const path = recordPath(record.pipeline, record.id);
        return `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
      });
      const from = tip === undefined ? '' : `from ${tip}\n`;
      const commit = `commit refs/heads/${branch}\ncommitter A <a@example.org> 0 +0000\ndata 0\n${from}`;
      execFileSync('git', ['fast-import', '--quiet'], { cwd: root, input: commit + files.join('') });
    },
    git: (...args) => rig.git('r', ...args),
    build: async (history = yard.history) => {
      const written = await writeRuns({ runs: history }, siteOutput(out));
      if (!written.ok) throw new Error(written.failure.map(({ message }) => message).join('\n'));
      return written.value;
    },
    files: async () => {
      const entries = await readdir(out, { recursive: true, withFileTypes: true });
      const paths = entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
      const told = paths.sort().map(async (path) => {
        const { ino, mtimeMs } = await stat(path);
        return [path.slice(out.length + 1), `${ino} ${mtimeMs}`] as const;
      });
      return new Map(await Promise.all(told));
    },
    text,
    manifest: async () => JSON.parse(await text('runs/index.json')) as RunsManifest,
    shard: async (path) => JSON.parse(await text(path)) as RunsShard,
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  };
  return yard;
}

/** The run that started at a minute of a day; the order of numbers is that of time. */
export function run(n: number, more: Partial<RunRecord> = {}): RunRecord {
  const time = new Date(Date.UTC(2026, 10, 21, 3, n, 0, n % 1000));
  const id = newRunId(time, () => new Uint8Array([n, n, n]));
  return sampleRecord({ id, startedAt: time.toISOString(), seconds: n, ...more });
}

/** Path on the branch. */
export function pathOf(n: number, pipeline = 'heart-disease'): string {
  return recordPath(pipeline, run(n).id);
}
