import type { JsonScalar } from '../../../src/base/index.ts';
import { seededRandom } from '../../../src/base/index.ts';
import type { RunIndex } from '../../../src/runs/index.ts';
import type { RunNotes } from '../../../src/runs/notes.ts';
import { ColumnBuilders, dense } from '../../../src/runs/run-index/columns.ts';
import type { RunsManifest } from '../../../src/site/format/index.ts';
import { tableOf } from '../../../src/site/runs/table.ts';

/** A run as the index has it: fields by name, and what people said of it. */
export interface SyntheticRun {
  readonly cells: ReadonlyMap<string, JsonScalar>;
  readonly notes?: RunNotes;
}

export interface SyntheticTable {
  readonly manifest: RunsManifest;
  /** Text by path below `data/`, without the manifest. */
  readonly files: ReadonlyMap<string, string>;
}

/** The table that a site has of these runs, the oldest first, by the functions that write sites. */
export function syntheticTable(runs: readonly SyntheticRun[]): SyntheticTable {
  return tableOf(
    syntheticIndex(runs),
    runs.map((_, row) => row),
  );
}

/** What the writer asks of an index, with these runs in it. */
function syntheticIndex(runs: readonly SyntheticRun[]): RunIndex {
  const builders = new ColumnBuilders();
  runs.forEach(({ cells }, row) => {
    builders.add(row, cells);
  });
  const columns = new Map([...builders.finish()].map(([name, it]) => [name, dense(it, runs.length)]));
  const nothing = { kinds: new Uint8Array(runs.length), values: new Float64Array(runs.length), texts: [] };
  const rows = new Map(runs.map(({ cells }, row) => [cells.get('id'), row]));
  const index: Partial<RunIndex> = {
    count: runs.length,
    fields: new Map([...columns.keys()].map((name) => [name, 1])),
    column: (name) => columns.get(name) ?? nothing,
    id: (row) => runs[row]!.cells.get('id') as string,
    pipeline: (row) => runs[row]!.cells.get('pipeline') as string,
    isArchived: () => false,
    notes: (id) => runs[rows.get(id)!]!.notes ?? { tags: [], notes: [] },
  };
  return index as RunIndex;
}

/** The id of a run that started then; `i` tells runs of one moment apart. */
export function idAt(time: number, i: number): string {
  const text = new Date(time).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${text}-${i.toString(16).padStart(8, '0')}`;
}

/**
 * Runs as a search over parameters leaves them, the oldest first: about 40 columns, of which some are in few runs, metrics
 * with intervals that follow from the parameters, tags and notes here and there.
 */
export function manyRuns(count: number, seed = 7): readonly SyntheticRun[] {
  const next = seededRandom(seed);
  const of = <T extends JsonScalar>(...list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
  const start = Date.UTC(2026, 2, 1);
  return Array.from({ length: count }, (_, i): SyntheticRun => {
    const time = start + i * 733_000;
    const trees = of(20, 60, 120, 200, 400);
    const depth = of(3, 5, 8, 12);
    const rate = Number((0.01 + next() * 0.3).toPrecision(4));
    const estimator = of('random-forest', 'gradient-boosting', 'logistic-regression');
    const auc = 0.84 + 0.02 * Math.log10(trees) - 0.002 * Math.abs(depth - 6) + (next() - 0.5) * 0.03;
    const failed = next() < 0.03;
    const verdict = failed ? 'fail' : auc > 0.885 ? 'pass' : auc > 0.87 ? 'inconclusive' : 'fail';
    const cells = new Map<string, JsonScalar>([
      ['id', idAt(time, i)],
      ['pipeline', of('heart-disease', 'heart-disease', 'bike-rentals')],
      ['started', time],
      ['seconds', Number((4 + next() * 90).toFixed(1))],
      ['status', failed ? 'failed' : 'succeeded'],
      ['verdict', verdict],
      ['trigger', of('manual', 'push', 'schedule')],
      ['actor', of('ada', 'grace', 'edsger')],
      [
        'commit',
        Math.floor(next() * 2 ** 48)
          .toString(16)
          .padStart(40, '7'),
      ],
      ['branch', of('main', 'main', 'deeper-trees', 'try/new-features')],
      ['dirty', next() < 0.1],
      ['model', 'choose'],
      ['params.trees', trees],
      ['params.depth', depth],
      ['params.learning_rate', rate],
      ['params.seed', Math.floor(next() * 100)],
      ['params.folds', 5],
      ['matrix.estimator', estimator],
      ['data.patients', `sha256:${of('a1', 'b2', 'c3').repeat(32)}`],
    ]);
    for (let p = 0; p < 8; p++)
      cells.set(`params.option_${p}`, of<JsonScalar>('on', 'off', 1, 2.5, null, true));
    if (!failed) {
      cells.set('metric', 'roc_auc');
      const metrics = {
        roc_auc: auc,
        accuracy: auc - 0.06,
        log_loss: 1.25 - auc,
        f1: auc - 0.08,
        recall: auc - 0.1,
      };
      for (const [name, value] of Object.entries(metrics)) {
        const half = 0.02 + next() * 0.02;
        cells.set(`metrics.${name}`, value);
        cells.set(`low.${name}`, value - half);
        cells.set(`high.${name}`, value + half);
      }
    }
    const tags = next() < 0.02 ? ['candidate', ...(next() < 0.3 ? ['best, so far'] : [])] : [];
    const notes =
      next() < 0.01
        ? [
            {
              text: `Look at <b>ward ${i % 9}</b> & again.`,
              by: 'ada',
              at: new Date(time + 9e6).toISOString(),
            },
          ]
        : [];
    return { cells, notes: { tags, notes } };
  });
}
