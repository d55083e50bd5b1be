import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf, readRunNames, writeRunNames } from '../../../site/lib/addresses.ts';
import type { RunsView } from '../../../site/runs/address.ts';
import { firstView, knownPart, readView, writeView } from '../../../site/runs/address.ts';
import { anyText } from './any-text.ts';

const text = anyText.filter((each) => each !== '');
const hostile = fc.oneof(
  text,
  fc.constantFrom(
    '__proto__',
    'constructor',
    'a,b',
    '\\',
    '-x',
    ',',
    '<b>',
    'params.learning rate',
    '',
    '=1+1',
  ),
);
const list = fc.uniqueArray(hostile, { maxLength: 6 });
const filled = hostile.filter((each) => each !== '');

const views: fc.Arbitrary<RunsView> = fc
  .record(
    {
      search: hostile,
      where: hostile,
      chosen: fc.record({ pipeline: list, verdict: list, tag: list }),
      differing: fc.boolean(),
      sort: fc.uniqueArray(fc.record({ field: filled, descending: fc.boolean() }), {
        maxLength: 4,
        selector: ({ field }) => field,
      }),
      pinned: list,
      open: list,
      selected: list,
      group: filled,
      columns: list,
    },
    { requiredKeys: ['search', 'where', 'chosen', 'differing', 'sort', 'pinned', 'open', 'selected'] },
  )
  .map(({ chosen, ...view }) => ({
    ...view,
    chosen: Object.fromEntries(Object.entries(chosen).filter(([, values]) => values.length > 0)),
  }));

describe('the address of the table of runs', () => {
  it('says all that is set, and comes back the same, whatever names there are (P2)', () => {
    fc.assert(
      fc.property(views, (view) => {
        const { view: again, problems } = readView(`?${writeView(view)}`);
        expect(again).toEqual(view);
        expect(problems).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('is short and readable, and empty at first', () => {
    expect(writeView(firstView)).toBe('');
    expect(
      writeView({
        ...firstView,
        where: 'metrics.roc_auc > 0.9',
        chosen: { verdict: ['pass', 'inconclusive'] },
        sort: [
          { field: 'metrics.roc_auc', descending: true },
          { field: 'params.trees', descending: false },
        ],
      }),
    ).toBe('verdict=pass,inconclusive&where=metrics.roc_auc+%3E+0.9&sort=-metrics.roc_auc,params.trees');
  });

  it('never fails, and says what it could not use', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyText,
          fc
            .tuple(fc.constantFrom('q', 'sort', 'columns', 'pin', 'verdict', 'foo', '__proto__'), anyText)
            .map(([name, value]) => `?${name}=${value}&${name}=${encodeURIComponent(value)}`),
        ),
        (search) => {
          const found = readView(search);
          knownPart(found, () => false);
          writeView(found.view);
        },
      ),
      { numRuns: 500 },
    );
    const found = readView(
      '?foo=1&q=a&q=b&differing=maybe&sort=-params.gone&columns=gone,started&group=gone',
    );
    expect(knownPart(found, (field) => field === 'started')).toEqual({
      view: { ...firstView, search: 'a', columns: ['started'] },
      problems: [
        '“foo” is nothing that this page knows',
        '“q” stands there twice; the first counts',
        '“differing” is yes or absent, not “maybe”',
        'No run has “gone”, which the address names as a column',
        'No run has “params.gone”, which the address names as its order',
        'No run has “gone”, which the address names as its group',
      ],
    });
  });

  it('keeps lists within bounds', () => {
    const { view, problems } = readView(`?pin=${Array.from({ length: 1000 }, (_, i) => i).join(',')}`);
    expect(view.pinned).toHaveLength(300);
    expect(problems[0]).toContain('more than 300');
  });
});

describe('runs in addresses', () => {
  it('are read as they are written, and strange parts are told', () => {
    const runs = [
      { pipeline: 'heart-disease', id: '20261121-031500-1f4a9c1e' },
      { pipeline: 'bike-rentals', id: '20261120-031500-00000001' },
    ];
    expect(writeRunNames(runs)).toBe(
      'heart-disease/20261121-031500-1f4a9c1e,bike-rentals/20261120-031500-00000001',
    );
    expect(readRunNames(writeRunNames(runs))).toEqual({ runs, strange: [] });
    expect(readRunNames('/x,heart-disease,__proto__/y,')).toEqual({
      runs: [],
      strange: ['/x', 'heart-disease', '__proto__/y'],
    });
    expect(addressOf('compare', { runs: 'a/b,c/d' })).toBe('/compare.html?runs=a/b,c/d');
  });

  it('never fail to be read', () => {
    fc.assert(fc.property(anyText, (part) => void readRunNames(part)));
  });
});
