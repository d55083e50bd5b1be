import type { Digest } from '../../base/index.ts';
import type { DatasetSpec } from '../../data/index.ts';
import { resolveSources } from '../../data/index.ts';
import type { Repository } from '../../git/index.ts';
import type { LocalState, Pipeline } from '../../pipeline/index.ts';
import type { RunRecord } from '../../runs/index.ts';
import { pipelineAt } from '../../runs/index.ts';
import type { Store } from '../../store/index.ts';

/** Which rows to judge on, and what to fall back on. */
export type RowsChoice =
  | { readonly kind: 'run'; readonly digest: Digest; readonly because: string }
  /** Today's data are prepared; when that fails, the rows of the run do instead, where they are at hand. */
  | { readonly kind: 'today'; readonly because: string; readonly otherwise?: Digest }
  | { readonly kind: 'none'; readonly because: string };

export interface RowsQuestion {
  readonly pipeline: Pipeline;
  readonly dataset: DatasetSpec;
  readonly record: RunRecord;
  readonly repository: Repository | undefined;
  readonly store: Store;
  readonly local: LocalState;
}

/**
 * Newer rows are the better judges, but only where the version can not have been trained on them. A row's side is a
 * function of its key and the declared split alone, so today's held-out rows are unseen exactly when key and split
 * are those of the version's commit. Everything else is judged on the rows that its run held out.
 */
export async function chooseRows(question: RowsQuestion): Promise<RowsChoice> {
  const { dataset, record, store } = question;
  const held = record.steps
    .find(({ id }) => id === `data.${dataset.name}`)
    ?.artifacts.find(({ name }) => name === 'held-out')?.digest;
  const rows = held !== undefined && (await store.verify(held)).ok ? held : undefined;
  const today = await dataToday(question);
  if (today.kind === 'missing') return rowsOfRun(rows, held, today.because);
  const other = await otherSides(question);
  if (other !== undefined) return rowsOfRun(rows, held, other);
  if (today.kind === 'same') {
    if (rows !== undefined) return { kind: 'run', digest: rows, because: 'the data are as they were' };
    return { kind: 'today', because: 'the data are as they were in its run' };
  }
  return {
    kind: 'today',
    because: 'the data have changed since its run, and no row changes sides',
    ...(rows === undefined ? {} : { otherwise: rows }),
  };
}

function rowsOfRun(rows: Digest | undefined, held: Digest | undefined, because: string): RowsChoice {
  if (rows !== undefined) return { kind: 'run', digest: rows, because };
  return {
    kind: 'none',
    because:
      held === undefined
        ? `${because}, and its run kept no held-out rows`
        : `${because}, and the rows that its run held out (${held}) are not in this store: share a store, or run that commit again`,
  };
}

/** Why today's held-out rows may be rows that the version was trained on; `undefined` when they are not. */
async function otherSides(question: RowsQuestion): Promise<string | undefined> {
  const { dataset, record } = question;
  if (record.data[dataset.name] === undefined) return `its run had no dataset ${dataset.name}`;
  const { pipeline, repository } = question;
  const then = await pipelineAt({ repository, root: pipeline.root, path: pipeline.path, record });
  if (then === undefined) return 'how its run split the data is not known';
  const before = then.datasets.get(dataset.name);
  if (before === undefined) return `at its commit there is no dataset ${dataset.name}`;
  if (before.key.join('\0') !== dataset.key.join('\0')) return 'the key has changed since its run';
  const same = before.split.test === dataset.split.test && before.split.salt === dataset.split.salt;
  return same ? undefined : 'the split has changed since its run';
}

type DataToday =
  | { readonly kind: 'same' | 'changed' }
  | { readonly kind: 'missing'; readonly because: string };

async function dataToday({ pipeline, dataset, record, local }: RowsQuestion): Promise<DataToday> {
  const found = await resolveSources(pipeline.root, dataset.path);
  if (!found.ok) return { kind: 'missing', because: 'the data are not at hand' };
  const before = new Map((record.data[dataset.name]?.files ?? []).map(({ path, digest }) => [path, digest]));
  let same = before.size === found.value.length;
  for (const { path, absolute } of found.value) {
    const now = local.files.digest(absolute);
    if (now.kind !== 'file') return { kind: 'missing', because: `${path} cannot be read` };
    same &&= now.digest === before.get(path);
  }
  return { kind: same ? 'same' : 'changed' };
}
