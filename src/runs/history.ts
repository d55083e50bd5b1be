import { join } from 'node:path';
import type { Result } from '../base/index.ts';
import { failed, nearest, success } from '../base/index.ts';
import type { Repository, SeenFile } from '../git/index.ts';
import type { Annotated, Annotation } from './annotate.ts';
import { annotate } from './annotate.ts';
import { decodeRecord, encodeRecord } from './check-record.ts';
import type { RunsFailure } from './failures.ts';
import { ambiguousRun, noRuns, recordInvalid, unknownRun } from './failures.ts';
import type { RunNotes } from './notes.ts';
import { answer } from './query/answer.ts';
import type { RunAnswer, RunQuestion } from './query/run-question.ts';
import type { RunId, RunRecord } from './record.ts';
import { isRunId, recordPath, runOfPath, runsFolder } from './run-id.ts';
import { askIndex } from './run-index/open-index.ts';
import { largestRecord } from './run-index/refresh.ts';
import type { RunIndex } from './run-index/run-index.ts';
import type { RunsPlace, Shelf, ShelfFile, WrittenRun } from './shelf.ts';
import { branchShelf } from './shelves/branch.ts';
import { folderShelf } from './shelves/folder.ts';

/** The records of runs: written once, read newest first. */
export interface RunHistory {
  readonly place: RunsPlace;
  write(record: RunRecord): Promise<Result<WrittenRun, RunsFailure>>;
  list(filter?: RunFilter): Promise<Result<RunList, RunsFailure>>;
  /** A run by its id, archived or not, by the beginning of its id, or as `latest`, `latest~1` and so on, of one pipeline or of all. */
  find(reference: string, pipeline?: string): Promise<Result<RunRecord, RunsFailure>>;
  /** Runs by their fields, from the local index: made for ten thousands. */
  ask(question: RunQuestion): Promise<Result<RunAnswer, RunsFailure>>;
  /** The same for questions of this program. */
  askIndex<T>(question: (index: RunIndex) => T): Promise<Result<T, RunsFailure>>;
  /**
   * Shows the bytes of records as they stand, unchecked, one at a time and in this order, in memory for about one of them.
   * The bytes are the visitor's only during the call.
   */
  readEach(
    records: readonly IndexedRecord[],
    visit: (record: IndexedRecord, seen: SeenFile) => void,
  ): Promise<Result<void, RunsFailure>>;
  /** What people said of a run. */
  notes(run: RunId): Promise<Result<RunNotes, RunsFailure>>;
  /** Sets or takes back a tag, or adds a note; nothing is changed, a file is added. */
  annotate(annotation: Annotation): Promise<Result<Annotated, RunsFailure>>;
}

/** A record as the index knows it: `path(row)` and `version(row)`. */
export interface IndexedRecord {
  readonly path: string;
  readonly version: string;
}

export interface RunFilter {
  readonly pipeline?: string;
  /** At most so many; default all. */
  readonly limit?: number;
  /** Only runs that started before this one. */
  readonly before?: RunId;
  /** Only these runs. */
  readonly only?: ReadonlySet<RunId>;
}

export interface RunList {
  /** Newest first. */
  readonly records: readonly RunRecord[];
  /** Files that cannot be read as records; they are left out. */
  readonly damaged: readonly RunsFailure[];
}

/** The history on a branch of the repository; without one in `.trainyard/runs` below the root. */
export function openRuns(options: {
  readonly repository: Repository | undefined;
  readonly branch: string;
  readonly root: string;
}): RunHistory {
  const { repository, branch, root } = options;
  if (repository === undefined) {
    const stateFolder = join(root, '.trainyard');
    return historyOn(folderShelf(stateFolder), stateFolder);
  }
  // A file of the work tree could come with a commit, and tell of runs that never were.
  return historyOn(branchShelf(repository, branch), join(repository.commonFolder, 'trainyard'));
}

function historyOn(shelf: Shelf, stateFolder: string): RunHistory {
  const ask: RunHistory['askIndex'] = (question) => askIndex({ shelf, stateFolder }, question);
  return {
    place: shelf.place,
    write: (record) => write(shelf, record),
    list: (filter) => list(shelf, filter ?? {}),
    find: (reference, pipeline) => find(shelf, reference, pipeline),
    askIndex: ask,
    readEach: async (records, visit) => {
      let at = 0;
      const files = records.map(({ path, version }) => shelf.file(path, version));
      return await shelf.readEach(files, largestRecord, (_, seen) => visit(records[at++]!, seen));
    },
    ask: async (question) => {
      const answered = await ask((index) => answer(index, question));
      return answered.ok ? answered.value : answered;
    },
    notes: (run) => ask((index) => index.notes(run)),
    annotate: (annotation) => annotate(shelf, ask, annotation),
  };
}

async function write(shelf: Shelf, record: RunRecord): Promise<Result<WrittenRun, RunsFailure>> {
  const path = recordPath(record.pipeline, record.id);
  if (runOfPath(path) === undefined) {
    return failed(recordInvalid(`"${record.pipeline}" and "${record.id}" make no path`));
  }
  const text = await encodeRecord(record);
  if (!text.ok) return text;
  const message = `${record.pipeline}: ${record.status}, ${record.verdict} (${record.id})`;
  const ended = new Date(Date.parse(record.startedAt) + record.seconds * 1000);
  return await shelf.write(path, text.value, { message, time: ended });
}

/** A file, and the run that its path names. */
interface Entry {
  readonly file: ShelfFile;
  readonly id: RunId;
}

async function entries(
  shelf: Shelf,
  pipeline?: string,
  top: '' | 'archive/' = '',
): Promise<Result<readonly Entry[], RunsFailure>> {
  const files = await shelf.list(`${top}${runsFolder(pipeline)}`);
  if (!files.ok) return files;
  const found = files.value.flatMap((file) => {
    const run = runOfPath(file.path.slice(top.length));
    return run === undefined ? [] : [{ file, id: run.id }];
  });
  return success(found.sort((a, b) => (a.id < b.id ? 1 : a.id > b.id ? -1 : 0)));
}

async function list(shelf: Shelf, filter: RunFilter): Promise<Result<RunList, RunsFailure>> {
  const found = await entries(shelf, filter.pipeline);
  if (!found.ok) return found;
  const { before, only } = filter;
  const wanted = found.value.filter(
    ({ id }) => (before === undefined || id < before) && (only === undefined || only.has(id)),
  );
  const limit = filter.limit ?? Number.POSITIVE_INFINITY;
  const records: RunRecord[] = [];
  const damaged: RunsFailure[] = [];
  let at = 0;
  while (records.length < limit && at < wanted.length) {
    const chunk = wanted.slice(at, at + Math.min(limit - records.length, 5_000));
    at += chunk.length;
    const contents = await shelf.read(chunk.map((entry) => entry.file));
    if (!contents.ok) return contents;
    for (const [i, bytes] of contents.value.entries()) {
      const record = await decodeRecord(chunk[i]!.file.path, bytes);
      if (record.ok) records.push(record.value);
      else damaged.push(record.failure);
    }
  }
  return success({ records, damaged });
}

async function find(
  shelf: Shelf,
  reference: string,
  pipeline?: string,
): Promise<Result<RunRecord, RunsFailure>> {
  const latest = /^latest(?:~([0-9]{1,9}))?$/.exec(reference);
  if (latest !== null) return await findLatest(shelf, Number(latest[1] ?? 0), pipeline, reference);
  const found = await entries(shelf, pipeline);
  if (!found.ok) return found;
  const begins = ({ id }: Entry): boolean => reference !== '' && id.startsWith(reference);
  let beginning = found.value.filter(begins);
  if (beginning.length === 0) {
    const archived = await entries(shelf, pipeline, 'archive/');
    if (!archived.ok) return archived;
    beginning = archived.value.filter(begins);
  }
  if (beginning.length > 1) {
    return failed(
      ambiguousRun(
        reference,
        beginning.map(({ id }) => id),
      ),
    );
  }
  const entry = beginning[0];
  if (entry === undefined) {
    const ids = found.value.map(({ id }) => id);
    return failed(unknownRun(reference, isRunId(reference) ? nearest(reference, ids) : undefined));
  }
  const contents = await shelf.read([entry.file]);
  return contents.ok ? await decodeRecord(entry.file.path, contents.value[0]!) : contents;
}

/** Counts readable records only. */
async function findLatest(
  shelf: Shelf,
  back: number,
  pipeline: string | undefined,
  reference: string,
): Promise<Result<RunRecord, RunsFailure>> {
  const listed = await list(shelf, { limit: back + 1, ...(pipeline === undefined ? {} : { pipeline }) });
  if (!listed.ok) return listed;
  const record = listed.value.records[back];
  if (record !== undefined) return success(record);
  return failed(listed.value.records.length === 0 ? noRuns(pipeline) : unknownRun(reference, undefined));
}
