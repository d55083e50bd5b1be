import type { Digest, JsonScalar, Verdict } from '../../base/index.ts';
import { isDigest } from '../../base/index.ts';
import type { RunId, RunIndex } from '../../runs/index.ts';
import type { DatasetSpan, DatasetVersion, UsedBy } from '../format/index.ts';
import { isPipelineName } from '../runs/pipeline-name.ts';
import { cell } from '../runs/shard.ts';

/** What the records say of a dataset, from the index: no record is read whole. */
export interface DatasetHistory {
  readonly pipeline: string;
  readonly name: string;
  readonly runs: number;
  /** The one that was read last first. */
  readonly versions: readonly DatasetVersion[];
  /** The newest first. */
  readonly spans: readonly DatasetSpan[];
  /** The newest run that has a fingerprint; without one, the newest. */
  readonly newest: RunId;
}

/** By pipeline and name. `usedBy`: versions of models by the run that made them. */
export function datasetHistories(
  index: RunIndex,
  usedBy: ReadonlyMap<RunId, readonly UsedBy[]>,
): readonly DatasetHistory[] {
  const names = new Set<string>();
  for (const field of index.fields.keys()) {
    const name = /^(?:data|rows|contract|checks)\.(.*)$/s.exec(field)?.[1];
    if (name !== undefined) names.add(name);
  }
  return [...names].flatMap((name) => historiesOf(index, name, usedBy));
}

interface Seen {
  readonly id: RunId;
  readonly at: number;
  readonly fingerprint: Digest | undefined;
  readonly contract: Digest | undefined;
  readonly verdict: Verdict | undefined;
  readonly rows: number | undefined;
}

function historiesOf(
  index: RunIndex,
  name: string,
  usedBy: ReadonlyMap<RunId, readonly UsedBy[]>,
): readonly DatasetHistory[] {
  const [data, rows, contract, checks] = ['data', 'rows', 'contract', 'checks'].map((group) =>
    index.column(`${group}.${name}`),
  ) as [Column, Column, Column, Column];
  const started = index.column('started');
  const ofPipeline = new Map<string, Seen[]>();
  for (let row = 0; row < index.count; row++) {
    const has = data.kinds[row]! + rows.kinds[row]! + contract.kinds[row]! + checks.kinds[row]! > 0;
    const pipeline = index.pipeline(row);
    if (!has || !isPipelineName(pipeline)) continue;
    const seen = ofPipeline.get(pipeline) ?? [];
    ofPipeline.set(pipeline, seen);
    const id = index.id(row);
    // The same run, archived in one clone and not in another.
    if (seen.at(-1)?.id === id) continue;
    seen.push({
      id,
      at: Number(cell(started, row)),
      fingerprint: digestIn(cell(data, row)),
      contract: digestIn(cell(contract, row)),
      verdict: verdictIn(cell(checks, row)),
      rows: numberIn(cell(rows, row)),
    });
  }
  return [...ofPipeline].map(([pipeline, seen]) => ({
    pipeline,
    name,
    runs: seen.length,
    versions: versionsOf(seen, usedBy),
    spans: spansOf(seen),
    newest: (seen.findLast(({ fingerprint }) => fingerprint !== undefined) ?? seen.at(-1)!).id,
  }));
}

type Column = ReturnType<RunIndex['column']>;

function versionsOf(
  seen: readonly Seen[],
  usedBy: ReadonlyMap<RunId, readonly UsedBy[]>,
): readonly DatasetVersion[] {
  const runsOf = new Map<Digest, Seen[]>();
  for (const each of seen) {
    if (each.fingerprint === undefined) continue;
    const runs = runsOf.get(each.fingerprint);
    if (runs === undefined) runsOf.set(each.fingerprint, [each]);
    else runs.push(each);
  }
  const versions = [...runsOf].map(([fingerprint, runs]): DatasetVersion => {
    const [first, newest] = [runs[0]!, runs[runs.length - 1]!];
    return {
      fingerprint,
      ...optional('rows', newest.rows),
      ...optional('contract', newest.contract),
      ...optional('verdict', newest.verdict),
      runs: runs.length,
      newest: newest.id,
      first: first.id,
      newestAt: newest.at,
      firstAt: first.at,
      models: runs.flatMap(({ id }) => usedBy.get(id) ?? []).reverse(),
    };
  });
  return versions.sort((a, b) => (a.newest < b.newest ? 1 : -1));
}

function spansOf(seen: readonly Seen[]): readonly DatasetSpan[] {
  const spans: DatasetSpan[] = [];
  for (const { id, at, fingerprint, contract, verdict } of seen) {
    const last = spans.at(-1);
    const isSame =
      last?.fingerprint === fingerprint && last?.contract === contract && last?.verdict === verdict;
    if (last !== undefined && isSame) {
      spans[spans.length - 1] = { ...last, runs: last.runs + 1, newest: id, newestAt: at };
    } else {
      spans.push({
        ...optional('fingerprint', fingerprint),
        ...optional('contract', contract),
        ...optional('verdict', verdict),
        runs: 1,
        newest: id,
        newestAt: at,
        firstAt: at,
      });
    }
  }
  return spans.reverse();
}

function optional<K extends string, T>(name: K, value: T | undefined): { readonly [P in K]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [P in K]: T });
}

function digestIn(value: JsonScalar | undefined): Digest | undefined {
  return typeof value === 'string' && isDigest(value) ? value : undefined;
}

function verdictIn(value: JsonScalar | undefined): Verdict | undefined {
  return value === 'pass' || value === 'fail' || value === 'inconclusive' ? value : undefined;
}

function numberIn(value: JsonScalar | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
