import { describe, expect, it } from 'vitest';
import { endingOf } from '../../../site/parts/verdicts.ts';
import { bestRows } from '../../../site/runs/best.ts';
import { cardOf } from '../../../site/runs/card.ts';
import { cellText, decimalsOfColumn, momentText } from '../../../site/runs/cells.ts';
import { checkManifest, checkShard, Damaged } from '../../../site/runs/check-files.ts';
import {
  columnsOf,
  differsIn,
  movedColumn,
  onlyDiffering,
  usualColumns,
} from '../../../site/runs/columns.ts';
import { placeAfter } from '../../../site/runs/grid-keys.ts';
import { figuresOf, groupedRows, keyOf } from '../../../site/runs/group.ts';
import { rowsCsv } from '../../../site/runs/rows-csv.ts';
import { shortAge } from '../../../site/runs/short-age.ts';
import { sortedRows, toggledSort } from '../../../site/runs/sort.ts';
import { sparklineOf } from '../../../site/runs/sparkline.ts';
import type { JsonScalar } from '../../../src/base/index.ts';
import { compareValues, fieldValue } from '../../../src/site/format/index.ts';
import { readTable } from './read-table.ts';
import { idAt, manyRuns, syntheticTable } from './synthetic.ts';

const written = syntheticTable(manyRuns(2500));
const table = readTable(written);
const columns = columnsOf(table.manifest);
const all = table.rows();

function small(rows: readonly Readonly<Record<string, JsonScalar>>[]): ReturnType<typeof readTable> {
  return readTable(
    syntheticTable(
      rows.map((row, i) => ({
        cells: new Map<string, JsonScalar>([
          ['id', idAt(Date.UTC(2026, 0, 1 + i), i)],
          ['pipeline', 'heart-disease'],
          ...Object.entries(row),
        ]),
      })),
    ),
  );
}

describe('the order of the rows', () => {
  it('is that of runs list --sort, with what is missing at the end both ways', () => {
    const mixed = small([
      { 'params.x': 'b' },
      {},
      { 'params.x': 10 },
      { 'params.x': true },
      { 'params.x': null },
      { 'params.x': 'a' },
      { 'params.x': 2 },
    ]);
    const values = (descending: boolean): unknown[] =>
      [...sortedRows(mixed, mixed.rows(), [{ field: 'params.x', descending }])].map((row) =>
        fieldValue(mixed, row, 'params.x'),
      );
    expect(values(false)).toEqual([null, true, 2, 10, 'a', 'b', undefined]);
    expect(values(true)).toEqual(['b', 'a', 10, 2, true, null, undefined]);
  });

  it('goes by one key after the other, then from new to old', () => {
    const keys = [
      { field: 'params.trees', descending: false },
      { field: 'metrics.roc_auc', descending: true },
    ];
    const rows = sortedRows(table, all, keys);
    const of = (row: number): readonly (JsonScalar | undefined)[] =>
      keys.map(({ field }) => fieldValue(table, row, field));
    for (let i = 1; i < rows.length; i++) {
      const [one, other] = [of(rows[i - 1]!), of(rows[i]!)];
      const first = compareValues(one[0], other[0]);
      expect(first).toBeLessThanOrEqual(0);
      if (first === 0 && one[1] !== undefined && other[1] !== undefined)
        expect(compareValues(one[1], other[1])).toBeGreaterThanOrEqual(0);
    }
    expect([...sortedRows(table, all, [{ field: 'params.folds', descending: true }])]).toEqual([...all]);
    expect(fieldValue(table, sortedRows(table, all, [{ field: 'tag', descending: false }])[0]!, 'tag')).toBe(
      'candidate',
    );
  });

  it('turns with each click on a head, and a third one takes it back', () => {
    const click = (keys: Parameters<typeof toggledSort>[0], adds = false): ReturnType<typeof toggledSort> =>
      toggledSort(keys, 'seconds', { adds, first: 'descending' });
    expect(click([])).toEqual([{ field: 'seconds', descending: true }]);
    expect(click(click([]))).toEqual([{ field: 'seconds', descending: false }]);
    expect(click(click(click([])))).toEqual([]);
    expect(click([{ field: 'id', descending: true }], true)).toHaveLength(2);
  });
});

describe('columns', () => {
  it('are the usual ones first: when, the verdict, the main metric, what differs', () => {
    const usual = usualColumns(table, columns);
    expect(usual.slice(0, 4)).toEqual(['started', 'verdict', 'pipeline', 'metrics.roc_auc']);
    expect(usual).toContain('params.trees');
    expect(usual).toContain('matrix.estimator');
    expect(usual).not.toContain('params.folds');
    expect(usual.every((field) => columns.some((column) => column.field === field))).toBe(true);
    expect(columns.some(({ field }) => field.startsWith('low.'))).toBe(false);
  });

  it('are only those in which the rows differ, when that is asked', () => {
    const same = all.filter((row) => fieldValue(table, row, 'params.trees') === 200);
    expect(differsIn(table, same, 'params.trees')).toBe(false);
    const fields = onlyDiffering(table, same, columns).map(({ field }) => field);
    expect(fields).not.toContain('params.trees');
    expect(fields).toContain('params.depth');
    expect(fields).toContain('metrics.roc_auc');
  });

  it('move by one place', () => {
    expect(movedColumn(['a', 'b', 'c'], 'a', 1)).toEqual(['b', 'a', 'c']);
    expect(movedColumn(['a', 'b', 'c'], 'a', -1)).toEqual(['a', 'b', 'c']);
    expect(movedColumn(['a', 'b', 'c'], 'x', 1)).toEqual(['a', 'b', 'c']);
  });
});

describe('groups', () => {
  it('have their runs, how many passed, and the best and mean of a metric', () => {
    const groups = groupedRows(table, all, 'params.trees', compareValues);
    expect(groups.map(({ value }) => value)).toEqual([20, 60, 120, 200, 400]);
    expect(groups.reduce((sum, { rows }) => sum + rows.length, 0)).toBe(2500);
    const [first] = groups;
    const values = [...first!.rows].flatMap((row) => {
      const value = fieldValue(table, row, 'metrics.roc_auc');
      return typeof value === 'number' ? [value] : [];
    });
    const figures = figuresOf(table, first!, 'metrics.roc_auc', 'higher')!;
    expect(figures.best).toBe(Math.max(...values));
    expect(figures.mean).toBeCloseTo(values.reduce((a, b) => a + b) / values.length, 12);
    expect(figuresOf(table, first!, 'metrics.roc_auc', 'lower')!.best).toBe(Math.min(...values));
    expect(first!.passed).toBe(
      [...first!.rows].filter((row) => table.text('verdict', row) === 'pass').length,
    );
  });

  it('have keys that tell a number from a text, and nothing from an empty text', () => {
    const keys = [undefined, '', '60', 60, true, 'true', null, 'null', '"', '-1', 'a,b'].map(keyOf);
    expect(new Set(keys).size).toBe(keys.length);
    const mixed = small([{ 'params.x': '60' }, { 'params.x': 60 }, {}]);
    expect(groupedRows(mixed, mixed.rows(), 'params.x')).toHaveLength(3);
  });
});

describe('what stands in the cells', () => {
  it('is a metric with its interval, in as many decimals as the column knows', () => {
    const column = columns.find(({ field }) => field === 'metrics.roc_auc')!;
    const row = all.find((each) => fieldValue(table, each, 'metrics.roc_auc') !== undefined)!;
    const decimals = decimalsOfColumn(table, column.field, all);
    expect(decimals).toBe(3);
    expect(cellText(table, column, row, decimals)).toMatch(/^0\.\d{3} \[0\.\d{3}, 0\.\d{3}\]$/);
    expect(momentText(Date.UTC(2026, 10, 21, 3, 15))).toBe('2026-11-21 03:15');
    expect(momentText(1e300)).toBe('1e+300');
    expect(shortAge(0, 3 * 86_400_000)).toBe('3 d');
  });

  it('is drawn in time in the head, and not at all for fewer than two numbers', () => {
    const spark = sparklineOf(table, all, 'metrics.roc_auc')!;
    expect(spark.line.split('L')).toHaveLength(40);
    expect(spark.newest).toBe(
      fieldValue(
        table,
        all.find((row) => fieldValue(table, row, 'metrics.roc_auc') !== undefined)!,
        'metrics.roc_auc',
      ),
    );
    expect(spark.least).toBeLessThan(spark.greatest);
    expect(sparklineOf(table, all.slice(0, 1), 'metrics.roc_auc')).toBeUndefined();
    const flat = small([{ 'metrics.a': 1 }, { 'metrics.a': 1 }]);
    expect(sparklineOf(flat, flat.rows(), 'metrics.a')!.line).not.toContain('NaN');
  });

  it('goes into a file without a formula in it, exact and with the ends of intervals', () => {
    const hostile = small([
      {
        'params.=1+1': '=cmd()',
        'params.a,b': 'x,"y"',
        'metrics.m': 0.1234567890123,
        'low.m': 0.1,
        'high.m': 0.2,
      },
    ]);
    const csv = rowsCsv(
      hostile,
      hostile.rows(),
      columnsOf(hostile.manifest).filter(({ group }) => group !== 'run'),
    );
    expect(csv.split('\n')[0]).toContain('metrics.m,low.m,high.m');
    expect(csv).toContain("'=cmd()");
    expect(csv).toContain('"x,""y"""');
    expect(csv).toContain('0.1234567890123,0.1,0.2');
    expect(csv).not.toMatch(/(^|,)[=+@]/m);
  });
});

describe('keys in the table', () => {
  it('lead to the next cell, to the ends, and a page on', () => {
    const size = { rows: 100, columns: 5, page: 20 };
    const press = (key: string, at = { row: 50, column: 2 }, ctrlKey = false): unknown =>
      placeAfter({ key, ctrlKey, metaKey: false }, at, size);
    expect(press('ArrowDown')).toEqual({ row: 51, column: 2 });
    expect(press('ArrowUp', { row: 0, column: 0 })).toEqual({ row: 0, column: 0 });
    expect(press('End')).toEqual({ row: 50, column: 4 });
    expect(press('Home', { row: 3, column: 3 }, true)).toEqual({ row: 0, column: 0 });
    expect(press('PageDown', { row: 90, column: 1 })).toEqual({ row: 99, column: 1 });
    expect(press('x')).toBeUndefined();
  });
});

describe('files of the table', () => {
  it('are refused when they are damaged, with a reason', () => {
    const [shard] = written.manifest.shards;
    const good = JSON.parse(written.files.get(shard!.file)!) as Record<string, unknown>;
    const cases: readonly (readonly [unknown, RegExp])[] = [
      [null, /cannot be read/],
      [{ ...good, rows: 1 }, /not of this list/],
      [{ ...good, version: 2 }, /not of this list/],
      [{ ...good, columns: { id: { kind: 'number', values: [1] } } }, /does not fit/],
      [
        { ...good, columns: { id: { kind: 'scalar', values: [], places: new Array(shard!.rows).fill(0) } } },
        /does not fit/,
      ],
      [{ ...good, columns: { id: { kind: 'number', values: [1], at: [99_999] } } }, /does not fit/],
      [{ ...good, tags: { '-1x': [] } }, /do not fit/],
    ];
    for (const [found, because] of cases) {
      expect(() => checkShard(found, 'runs/shard-1.json', shard!.rows)).toThrow(because);
      expect(() => checkShard(found, 'runs/shard-1.json', shard!.rows)).toThrow(Damaged);
    }
    expect(() => checkManifest({ version: 2 })).toThrow(/version 2/);
    expect(() => checkManifest({ ...written.manifest, shards: [{ file: '../x', rows: 1 }] })).toThrow(
      /cannot be one/,
    );
    expect(() => checkManifest([])).toThrow(Damaged);
  });

  it('that are lost leave a gap and no wrong rows', () => {
    const part = readTable(written);
    expect(part.rowsRead).toBe(2500);
    const first = written.manifest.shards[0]!;
    const holed = readTable({ ...written, manifest: { ...written.manifest, shards: [first] } });
    expect([...holed.rows()].map((row) => holed.id(row))).toEqual(
      [...all].slice(0, first.rows).map((row) => table.id(row)),
    );
  });
});

describe('the best of the runs shown', () => {
  const scored = (pipeline: string, metric: string, value?: number): Record<string, JsonScalar> => ({
    pipeline,
    metric,
    ...(value === undefined ? {} : { [`metrics.${metric}`]: value }),
  });
  const marked = (rows: readonly Record<string, JsonScalar>[]): readonly string[] => {
    const it = small(rows);
    return [...bestRows(it, it.rows())].map(([row, { field, because }]) => {
      return `${fieldValue(it, row, field)}: ${because}`;
    });
  };

  it('is marked for each pipeline, by its main metric and the direction that is good, equals together', () => {
    expect(
      marked([
        scored('wards', 'rmse', 3),
        scored('heart', 'roc_auc', 0.9),
        scored('wards', 'rmse', 2),
        scored('heart', 'roc_auc', 0.8),
        scored('heart', 'roc_auc', 0.9),
        scored('heart', 'roc_auc'),
      ]).toSorted(),
    ).toEqual([
      '0.9: the highest roc_auc of the 3 runs of heart shown',
      '0.9: the highest roc_auc of the 3 runs of heart shown',
      '2: the lowest rmse of the 2 runs of wards shown',
    ]);
  });

  it('is nothing where all are the same, alone, or not measured', () => {
    expect(marked([scored('a', 'roc_auc', 0.5), scored('a', 'roc_auc', 0.5)])).toEqual([]);
    expect(marked([scored('a', 'roc_auc', 0.5)])).toEqual([]);
    expect(marked([scored('a', 'roc_auc'), scored('a', 'roc_auc')])).toEqual([]);
    expect(marked([{ pipeline: 'a' }, { pipeline: 'a', 'metrics.roc_auc': 1 }])).toEqual([]);
  });
});

describe('the card of a run on a narrow screen', () => {
  const chosenByF1 = { 'metrics.f1': 0.81, 'low.f1': 0.7, 'high.f1': 0.9 };
  const shown = small([
    { metric: 'f1', ...chosenByF1, 'metrics.roc_auc': 0.97, status: 'succeeded', verdict: 'pass' },
    { 'metrics.roc_auc': 0.97, status: 'failed', verdict: 'inconclusive' },
    { metric: 'roc_auc', 'metrics.roc_auc': 0.9, status: 'succeeded', verdict: 'pass' },
  ]);
  const decimals = new Map([
    ['metrics.f1', 2],
    ['metrics.roc_auc', 3],
  ]);
  const best = bestRows(shown, shown.rows());
  const cards = [2, 1, 0].map((row) => cardOf(shown, row, { best: best.get(row), decimals }));

  it('has beside the mark of the best the metric that it is the best by, whatever the run was chosen by', () => {
    expect([...best.keys()].sort()).toEqual([1, 2]);
    expect(cards.map(({ metric, value }) => [metric, value])).toEqual([
      ['roc_auc', '0.970'],
      ['roc_auc', '0.970'],
      ['roc_auc', '0.900'],
    ]);
    const unmarked = cardOf(shown, 2, { best: undefined, decimals });
    expect(unmarked).toMatchObject({ metric: 'f1', value: '0.81', ends: '[0.70, 0.90]' });
    expect(cardOf(shown, 1, { best: undefined, decimals })).toMatchObject({ metric: '', value: '' });
  });

  it('has what became of the run besides its verdict, so that a failed one says so', () => {
    expect(endingOf(cards[1]!)).toBe('failed');
    expect(endingOf(cards[0]!)).toBe('pass');
  });
});
