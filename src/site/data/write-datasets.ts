import type { Failure, Result } from '../../base/index.ts';
import { digestOfBytes, failed, success } from '../../base/index.ts';
import type { RunId, RunRecord } from '../../runs/index.ts';
import type { DatasetFile, DatasetState, DatasetsFile, ListedDataset, UsedBy } from '../format/index.ts';
import { datasetsFile } from '../format/index.ts';
import type { SiteOutput } from '../output.ts';
import type { SiteSources } from '../sources.ts';
import type { DeclaredDataset } from './declared.ts';
import { declaredDatasets } from './declared.ts';
import type { DatasetHistory } from './history.ts';
import { datasetHistories } from './history.ts';

export interface DatasetsWritten {
  readonly total: number;
  readonly missing: readonly string[];
}

/** A page shows no more of either; the records of older ones are there all the same. */
const mostVersions = 1000;
const mostSpans = 1000;

/**
 * Datasets, as pipeline files name them now and as runs have read them. Whole records are read only of the newest run
 * of each; pages have those of older versions from the records that the site holds.
 */
export async function writeDatasets(
  sources: SiteSources,
  output: SiteOutput,
): Promise<Result<DatasetsWritten, readonly Failure[]>> {
  const { datasets: declared, missing } = await declaredDatasets(sources.root);
  const usedBy = await usersByRun(sources);
  if (!usedBy.ok) return failed([usedBy.failure]);
  const asked = await sources.runs.askIndex((index) => datasetHistories(index, usedBy.value));
  if (!asked.ok) return failed([asked.failure]);
  const records = await newestRecords(sources, asked.value);
  if (!records.ok) return failed([records.failure]);
  const all = joined(declared, asked.value);
  const listed: ListedDataset[] = [];
  for (const dataset of all) {
    const { pipeline, name } = dataset;
    const file = `datasets/${digestOfBytes(`${pipeline}\0${name}`).slice(7, 23)}.json`;
    const sharedWith = sharersOf(dataset, declared);
    const record = records.value.get(dataset.history?.newest ?? '');
    await output.put(file, JSON.stringify(fileOf(dataset, sharedWith)));
    listed.push(listedDataset(dataset, { file, sharedWith, record }));
  }
  await output.put(datasetsFile, JSON.stringify({ version: 1, datasets: listed } satisfies DatasetsFile));
  const named = new Set(listed.map(({ file }) => file));
  await output.remove([...(await output.list('datasets'))].filter((file) => !named.has(file)));
  return success({ total: listed.length, missing });
}

interface Dataset {
  readonly pipeline: string;
  readonly name: string;
  readonly declared: DeclaredDataset | undefined;
  readonly history: DatasetHistory | undefined;
}

function joined(
  declared: readonly DeclaredDataset[],
  histories: readonly DatasetHistory[],
): readonly Dataset[] {
  const all = new Map<string, Dataset>();
  for (const each of declared) {
    const { pipeline, name } = each;
    all.set(`${pipeline}\0${name}`, { pipeline, name, declared: each, history: undefined });
  }
  for (const history of histories) {
    const { pipeline, name } = history;
    const key = `${pipeline}\0${name}`;
    all.set(key, { pipeline, name, declared: all.get(key)?.declared, history });
  }
  return [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, dataset]) => dataset);
}

/** Versions of models by the run that made them. */
async function usersByRun({
  ledger,
}: SiteSources): Promise<Result<ReadonlyMap<RunId, readonly UsedBy[]>, Failure>> {
  const users = new Map<RunId, UsedBy[]>();
  const states = ledger === undefined ? success([]) : await ledger.states();
  if (!states.ok) return states;
  for (const { model, versions } of states.value) {
    for (const { name, registered, stages } of versions) {
      if (!('event' in registered)) continue;
      const { run } = registered.event;
      users.set(run, [...(users.get(run) ?? []), { model, version: name, stages }]);
    }
  }
  return success(users);
}

async function newestRecords(
  { runs }: SiteSources,
  histories: readonly DatasetHistory[],
): Promise<Result<ReadonlyMap<RunId, RunRecord>, Failure>> {
  const records = new Map<RunId, RunRecord>();
  for (const pipeline of new Set(histories.map((history) => history.pipeline))) {
    const only = new Set(histories.filter((each) => each.pipeline === pipeline).map(({ newest }) => newest));
    const list = await runs.list({ pipeline, only });
    if (!list.ok) return list;
    for (const record of list.value.records) records.set(record.id, record);
    for (const id of only) {
      if (records.has(id)) continue;
      const archived = await runs.find(id, pipeline);
      if (archived.ok) records.set(id, archived.value);
    }
  }
  return success(records);
}

/** Other pipelines that read the same files. */
function sharersOf({ pipeline, declared }: Dataset, all: readonly DeclaredDataset[]): readonly string[] {
  if (declared === undefined) return [];
  const same = all.filter((each) => each.source.path === declared.source.path && each.pipeline !== pipeline);
  return [...new Set(same.map((each) => each.pipeline))].sort();
}

function fileOf({ pipeline, name, declared, history }: Dataset, sharedWith: readonly string[]): DatasetFile {
  const [versions, spans] = [history?.versions ?? [], history?.spans ?? []];
  return {
    version: 1,
    pipeline,
    name,
    declared: declared !== undefined,
    ...(declared === undefined ? {} : { source: declared.source }),
    ...(declared?.contract === undefined ? {} : { contract: declared.contract }),
    sharedWith,
    versions: versions.slice(0, mostVersions),
    earlierVersions: Math.max(0, versions.length - mostVersions),
    history: spans.slice(0, mostSpans),
    earlierSpans: Math.max(0, spans.length - mostSpans),
  };
}

function listedDataset(
  { pipeline, name, declared, history }: Dataset,
  more: Pick<ListedDataset, 'file' | 'sharedWith'> & { readonly record: RunRecord | undefined },
): ListedDataset {
  const columns = declared?.contract?.columns ?? [];
  const contract = declared?.contract;
  const newest = more.record === undefined ? undefined : stateOf(more.record, name);
  const models = (history?.versions ?? []).flatMap((version) => version.models);
  return {
    pipeline,
    name,
    file: more.file,
    declared: declared !== undefined,
    ...(contract === undefined ? {} : { contract: wordsOf(contract) }),
    classifications: [...new Set(columns.flatMap(({ classification }) => classification ?? []))],
    personal: columns.filter(({ personal }) => personal).length,
    ...(newest === undefined ? {} : { newest }),
    versions: history?.versions.length ?? 0,
    runs: history?.runs ?? 0,
    sharedWith: more.sharedWith,
    models: models.slice(0, 20),
  };
}

function wordsOf(contract: DeclaredDataset['contract'] & {}): ListedDataset['contract'] & {} {
  const { name, status, owner, domain, dataProduct, tags, description, serviceLevels, support } = contract;
  const words = { status, owner, domain, dataProduct, description };
  const there = Object.entries(words).filter(([, value]) => value !== undefined);
  return { name, tags, serviceLevels, support, ...Object.fromEntries(there) };
}

function stateOf({ id, startedAt, data }: RunRecord, name: string): DatasetState | undefined {
  const state = Object.hasOwn(data, name) ? data[name] : undefined;
  if (state === undefined) return undefined;
  const { fingerprint, rows, profile, contract, checks } = state;
  const broken = (checks?.checks ?? []).filter(({ verdict }) => verdict !== 'pass');
  return {
    run: id,
    startedAt,
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(rows === undefined ? {} : { rows: rows.total }),
    ...(profile === undefined ? {} : { columns: profile.columns.length }),
    ...(contract === undefined ? {} : { contractVersion: contract.version }),
    ...(checks === undefined ? {} : { verdict: checks.verdict }),
    checks: checks?.checks.length ?? 0,
    broken: broken.map(({ examples: _, ...check }) => check),
  };
}
