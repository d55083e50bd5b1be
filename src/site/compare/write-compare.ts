import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Digest, Failure, Result } from '../../base/index.ts';
import { failed, success, version } from '../../base/index.ts';
import type { RunRecord } from '../../runs/index.ts';
import { decodeRecord } from '../../runs/index.ts';
import type { Store } from '../../store/index.ts';
import type { CompareFile } from '../format/index.ts';
import { compareFile, recordFile } from '../format/index.ts';
import type { SiteOutput } from '../output.ts';
import type { SiteSources } from '../sources.ts';
import type { AnswersReader } from './answers.ts';
import { answersReader, mostRows } from './answers.ts';
import type { Wanted } from './artifacts.ts';
import { named, wantedOf } from './artifacts.ts';
import { curvesFile, jsonOf } from './curves.ts';
import { learningFileOf } from './learning.ts';

export interface ComparisonsWritten {
  /** Files that were not there yet. */
  readonly added: number;
  readonly missing: readonly string[];
}

/**
 * Runs whose artifacts a site takes along, the newest first, besides those of versions: of a store on this machine so
 * many that a first build stays within a minute and a site within some hundred megabytes; of another one, where every
 * artifact is asked for over the network, fewer. What a site has already is not asked for again.
 */
const mostRuns = { local: 5_000, remote: 300 } as const;

/** Artifacts that were not in the store, of which a build asks whether they came since: the newest so many. */
const mostAsked = { local: 2_000, remote: 20 } as const;

/** `compare-made.json`: what was found of each run, so that the next build looks at new runs only. */
interface MadeFile {
  readonly version: 1;
  /** The Trainyard that made them: another one may make others of the same artifacts. */
  readonly trainyard: string;
  readonly predictions: boolean;
  /** By `<pipeline>/<id>`. */
  readonly runs: Readonly<Record<string, MadeOfRun>>;
}

interface MadeOfRun {
  /** Of which bytes of its record: history can be written anew. */
  readonly record: string;
  /** Names of files. */
  readonly files: readonly string[];
  /** Artifacts that were not in the store. */
  readonly lacks?: readonly Digest[];
  /** Of `files` those that stay as another Trainyard made them, as their artifacts were not in the store. */
  readonly kept?: readonly KeptFile[];
}

interface KeptFile {
  readonly name: string;
  /** Of the artifact. */
  readonly digest: Digest;
  /** Version of the Trainyard that made the file; absent when nobody knows. */
  readonly by?: string;
}

const madeFile = 'compare-made.json';

/**
 * What a comparison of runs needs besides their records: curves, learning curves, and with `site.predictions` what models
 * said of the held-out rows. It is read from the store; what is not there is counted, and nothing else suffers: a file that
 * another Trainyard made stays until it can be made anew. Files of runs that are no more go, and those of predictions when
 * they are not wanted any more. A build whose store cannot be opened notes nothing: to the next one all is as it was.
 */
export async function writeComparisons(
  sources: SiteSources,
  output: SiteOutput,
): Promise<Result<ComparisonsWritten, readonly Failure[]>> {
  const predictions = sources.project.site.predictions === true;
  const versions = await runsOfVersions(sources);
  if (!versions.ok) return versions;
  const opened = await sources.openStore();
  const isLocal = /^file:/i.test(sources.project.store);
  const asked = await sources.runs.askIndex((index) => {
    const runs: { readonly key: string; readonly file: string; readonly record: string }[] = [];
    let others = isLocal ? mostRuns.local : mostRuns.remote;
    for (let row = index.count - 1; row >= 0; row--) {
      const [pipeline, id] = [index.pipeline(row), index.id(row)];
      const isVersion = versions.value.has(id);
      if (!isVersion && (index.isArchived(row) || others-- <= 0)) continue;
      const record = createHash('sha256').update(index.version(row)).digest('hex').slice(0, 12);
      runs.push({ key: `${pipeline}/${id}`, file: recordFile(pipeline, id), record });
    }
    return runs;
  });
  if (!asked.ok) return failed([asked.failure]);
  const before = await madeBefore(output);
  const isOfUs = before?.trainyard === version();
  const maker = new Maker(output, opened.ok ? opened.value : undefined, before);
  try {
    const runs: Record<string, MadeOfRun> = {};
    const files = new Set<string>();
    let questions = isLocal ? mostAsked.local : mostAsked.remote;
    for (const { key, file, record: bytes } of asked.value) {
      const usable = isOfUs && before?.predictions === predictions ? knownOf(before.runs[key]) : undefined;
      const known = usable?.record === bytes && (await maker.areThere(usable.files)) ? usable : undefined;
      const lacks = lackedBy(known).slice(0, Math.max(0, questions));
      questions -= lacks.length;
      const isNew = known === undefined || (await maker.hasAny(lacks));
      const record = isNew ? await recordAt(output, file) : undefined;
      // A record that is not there yet may come: then it is looked at.
      if (isNew && record === undefined) continue;
      const made =
        record === undefined ? known! : { record: bytes, ...(await maker.filesOf(record, predictions)) };
      for (const name of made.files) files.add(name);
      runs[key] = made;
    }
    await writeList(output, files, predictions);
    if (opened.ok) {
      const made: MadeFile = { version: 1, trainyard: version(), predictions, runs };
      await output.put(madeFile, JSON.stringify(made));
    }
    await removeOthers(output, files);
    const missing = opened.ok
      ? [...lackOf(Object.values(runs)), ...maker.missing()]
      : [`Curves of runs: the store cannot be opened (${opened.failure.message})`];
    return success({ added: maker.added, missing });
  } finally {
    await maker[Symbol.asyncDispose]();
  }
}

async function runsOfVersions({
  ledger,
}: SiteSources): Promise<Result<ReadonlySet<string>, readonly Failure[]>> {
  const states = ledger === undefined ? success([]) : await ledger.states();
  if (!states.ok) return failed([states.failure]);
  return success(
    new Set(
      states.value.flatMap(({ versions }) =>
        versions.flatMap(({ registered }) => ('event' in registered ? [registered.event.run] : [])),
      ),
    ),
  );
}

async function madeBefore(output: SiteOutput): Promise<MadeFile | undefined> {
  const made = jsonOf((await output.read(madeFile)) ?? new Uint8Array()) as MadeFile | undefined;
  return made?.version === 1 && typeof made.runs === 'object' && made.runs !== null ? made : undefined;
}

/** A file that something damaged is as good as none. */
function knownOf(made: MadeOfRun | undefined): MadeOfRun | undefined {
  const { lacks = [], kept = [] } = made ?? {};
  const isWhole =
    Array.isArray(made?.files) &&
    Array.isArray(lacks) &&
    Array.isArray(kept) &&
    kept.every((file: Partial<KeptFile> | null) => typeof file?.name === 'string');
  return isWhole ? made : undefined;
}

/** Artifacts to ask for again. */
function lackedBy(made: MadeOfRun | undefined): readonly Digest[] {
  return [...(made?.lacks ?? []), ...(made?.kept ?? []).map(({ digest }) => digest)];
}

/** By name, the files that are there as another Trainyard made them. */
function keptOf(before: MadeFile | undefined): ReadonlyMap<string, KeptFile> {
  const kept = Object.values(before?.runs ?? {}).flatMap((made) => knownOf(made)?.kept ?? []);
  return new Map(kept.map((file) => [file.name, file]));
}

/** Whoever may push records may push any: one that is none has nothing to compare. */
async function recordAt(output: SiteOutput, file: string): Promise<RunRecord | undefined> {
  const record = await decodeRecord(file, (await output.read(file)) ?? new Uint8Array());
  return record.ok ? record.value : undefined;
}

function lackOf(runs: readonly MadeOfRun[]): readonly string[] {
  const lacking = runs.filter(({ lacks }) => lacks !== undefined).length;
  const all = runs.filter(({ files, lacks }) => files.length > 0 || lacks !== undefined).length;
  const old = runs.filter(({ kept }) => kept !== undefined).length;
  return [
    ...(lacking === 0
      ? []
      : [`Curves of ${lacking} of ${all} runs: they are not in the store, and comparisons do without them`]),
    ...(old === 0
      ? []
      : [
          `Curves of ${old} of ${all} runs: they are not in the store, and stay as another Trainyard made them`,
        ]),
  ];
}

/** What became of an artifact. `kept`: another Trainyard made its file, which cannot be made anew. */
type Found = 'there' | 'kept' | 'absent' | 'of-no-use';

/** Makes files of artifacts, and counts what could not be made. */
class Maker implements AsyncDisposable {
  readonly #output: SiteOutput;
  readonly #store: Store | undefined;
  /** Version of the Trainyard that made what is there already. */
  readonly #madeBy: string | undefined;
  readonly #keptBefore: ReadonlyMap<string, KeptFile>;
  readonly #counts = { unreadable: 0, large: 0 };
  /** What was looked at in this build already, by name. */
  readonly #seen = new Map<string, Found>();
  #folder: string | undefined;
  #reader: AnswersReader | undefined;
  added = 0;

  constructor(output: SiteOutput, store: Store | undefined, before: MadeFile | undefined) {
    this.#output = output;
    this.#store = store;
    this.#madeBy = before?.trainyard;
    this.#keptBefore = keptOf(before);
  }

  async hasAny(digests: readonly Digest[]): Promise<boolean> {
    for (const digest of digests) if ((await this.#store?.has(digest)) === true) return true;
    return false;
  }

  async areThere(files: readonly string[]): Promise<boolean> {
    for (const name of files) if (!(await this.#isThere(name))) return false;
    return true;
  }

  async #isThere(name: string): Promise<boolean> {
    const [kind = ''] = name.split('/', 1);
    return (await this.#output.list(kind)).has(`${name}.json`);
  }

  async filesOf(record: RunRecord, withAnswers: boolean): Promise<Omit<MadeOfRun, 'record'>> {
    const wanted = wantedOf(record, withAnswers);
    const files: string[] = [];
    const lacks: Digest[] = [];
    const kept: KeptFile[] = [];
    for (const one of wanted) {
      const name = named(one);
      const made = this.#seen.get(name) ?? (await this.#make(name, one));
      this.#seen.set(name, made);
      if (made === 'there' || made === 'kept') files.push(name);
      if (made === 'kept') kept.push(this.#keptFile(name, one.digest));
      if (made === 'absent') lacks.push(one.digest);
    }
    return {
      files,
      ...(lacks.length === 0 ? {} : { lacks }),
      ...(kept.length === 0 ? {} : { kept }),
    };
  }

  #keptFile(name: string, digest: Digest): KeptFile {
    const by = this.#keptBefore.get(name)?.by ?? this.#madeBy;
    return { name, digest, ...(by === undefined ? {} : { by }) };
  }

  async #make(name: string, wanted: Wanted): Promise<Found> {
    const isThere = await this.#isThere(name);
    if (isThere && this.#madeBy === version() && !this.#keptBefore.has(name)) return 'there';
    const bytes = await this.#store?.read(wanted.digest);
    if (bytes?.ok !== true) return isThere ? 'kept' : 'absent';
    const made = await this.#content(bytes.value, wanted);
    if (made === undefined || made === 'too-many-rows') {
      this.#counts[made === undefined ? 'unreadable' : 'large']++;
      return 'of-no-use';
    }
    await this.#output.put(`${name}.json`, JSON.stringify(made));
    if (!isThere) this.added++;
    return 'there';
  }

  async #content(bytes: Uint8Array, { kind, model }: Wanted): Promise<object | 'too-many-rows' | undefined> {
    if (kind === 'curves') return curvesFile(bytes);
    if (kind === 'learning') return learningFileOf(bytes);
    this.#folder ??= await mkdtemp(join(tmpdir(), 'trainyard-site-'));
    this.#reader ??= await answersReader(this.#folder);
    const answers = await this.#reader.read(bytes, model!);
    return answers === 'unreadable' ? undefined : answers;
  }

  /** A sentence for each reason why something that was looked at is of no use. */
  missing(): readonly string[] {
    const { unreadable, large } = this.#counts;
    return [
      ...(unreadable === 0
        ? []
        : [`${unreadable} artifacts named evaluation, learning or predictions are in no known form`]),
      ...(large === 0
        ? []
        : [`Predictions of ${large} models: they have more than ${mostRows.toLocaleString('en')} rows`]),
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader?.[Symbol.asyncDispose]();
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }
}

async function writeList(
  output: SiteOutput,
  files: ReadonlySet<string>,
  predictions: boolean,
): Promise<void> {
  const ofKind = (kind: Wanted['kind']): readonly string[] =>
    [...files]
      .filter((name) => name.startsWith(`${kind}/`))
      .map((name) => name.slice(kind.length + 1))
      .sort();
  const list: CompareFile = {
    version: 1,
    predictions,
    curves: ofKind('curves'),
    answers: ofKind('answers'),
    learning: ofKind('learning'),
  };
  await output.put(compareFile, JSON.stringify(list));
}

async function removeOthers(output: SiteOutput, files: ReadonlySet<string>): Promise<void> {
  for (const kind of ['curves', 'answers', 'learning'] as const) {
    const there = await output.list(kind);
    await output.remove([...there].filter((path) => !files.has(path.replace(/\.json$/, ''))));
  }
}
