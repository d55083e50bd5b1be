import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunsFilter } from '../../../site/runs/filter.ts';
import { asWhere, maskOf, whereProblem, writeLiteral, writeName } from '../../../site/runs/filter.ts';
import { wordsOf } from '../../../site/runs/search.ts';
import { textOf, treeOf } from '../../../site/runs/where-tree.ts';
import { compileWhere, parseName, parseWhere } from '../../../src/site/format/index.ts';
import { anyText } from './any-text.ts';
import { readTable } from './read-table.ts';
import type { SyntheticRun } from './synthetic.ts';
import { idAt, manyRuns, syntheticTable } from './synthetic.ts';

const table = readTable(syntheticTable(manyRuns(3000)));
const all: RunsFilter = { search: '', where: '', chosen: {} };

function idsWith(filter: Partial<RunsFilter>, of = table): readonly string[] {
  const mask = maskOf(of, { ...all, ...filter });
  return [...of.rows()].filter((row) => mask[row] === 1).map((row) => of.id(row));
}

describe('the filter of the table of runs', () => {
  it('has all rows of all shards, the newest first', () => {
    const ids = idsWith({});
    expect(ids).toHaveLength(3000);
    expect(ids).toEqual([...ids].sort().reverse());
  });

  it('asks in the language of runs list --where, with and, or and not (P2)', () => {
    const text = 'metrics.roc_auc > 0.88 and (params.trees >= 200 or tag = candidate) and not branch = main';
    const fits = compileWhere(parseWhere(text), table);
    const expected = [...table.rows()].filter((row) => fits(row)).map((row) => table.id(row));
    expect(expected.length).toBeGreaterThan(10);
    expect(idsWith({ where: text })).toEqual(expected);
  });

  it('joins what was chosen from lists by or within a list and by and between them', () => {
    const chosen = { verdict: ['pass', 'inconclusive'], pipeline: ['bike-rentals'] };
    const where = 'verdict in (pass, inconclusive) and pipeline = bike-rentals';
    expect(idsWith({ chosen })).toEqual(idsWith({ where }));
    expect(asWhere({ ...all, chosen, where: 'seconds > 9 or dirty = true' })).toBe(
      'pipeline = bike-rentals and verdict in (pass, inconclusive) and (seconds > 9 or dirty = true)',
    );
    expect(idsWith({ chosen: { verdict: ['splendid'] } })).toEqual([]);
  });

  it('finds words in ids, branches, tags, notes and parameters, whatever their case', () => {
    expect(idsWith({ search: 'DEEPER-trees' })).toEqual(idsWith({ where: 'branch = deeper-trees' }));
    expect(idsWith({ search: '"best, so far"' })).toEqual(idsWith({ where: 'tag = "best, so far"' }));
    expect(idsWith({ search: 'ward' })).toEqual(idsWith({ where: 'note is not missing' }));
    const id = table.id(1234);
    expect(idsWith({ search: `${id} heart bike`.replace(/ .*/, '') })).toEqual([id]);
    expect(idsWith({ search: '400' }).length).toBeGreaterThanOrEqual(
      idsWith({ where: 'params.trees = 400' }).length,
    );
    expect(idsWith({ search: 'deeper ada' }).length).toBeLessThan(idsWith({ search: 'deeper' }).length);
    expect(wordsOf(' a "b c" "d')).toEqual(['a', 'b c', 'd']);
  });

  it('says where a condition is wrong and what would be right', () => {
    expect(whereProblem(table, 'params.tres > 3')).toEqual({
      at: 0,
      length: 11,
      message: 'No run has a field "params.tres"',
      remedy: 'Did you mean "params.trees"?',
    });
    expect(whereProblem(table, 'seconds >')?.at).toBe(9);
    expect(whereProblem(table, 'verdict = passed')?.remedy).toBe('Did you mean "pass"?');
    expect(whereProblem(table, '')).toBeUndefined();
  });

  it('finds runs of hostile names, and breaks on none', () => {
    const names = [
      '__proto__',
      'constructor',
      'a, b',
      '<img src=x onerror=alert(1)>',
      '=1+1',
      '\u202eabc',
      'x'.repeat(10_000),
    ];
    const runs = names.map(
      (name, i): SyntheticRun => ({
        cells: new Map<string, string | number>([
          ['id', idAt(Date.UTC(2026, 0, 1 + i), i)],
          ['pipeline', 'heart-disease'],
          ['started', Date.UTC(2026, 0, 1 + i)],
          ['branch', name],
          [`params.${name}`, name],
        ]),
        notes: { tags: [name], notes: [] },
      }),
    );
    const hostile = readTable(syntheticTable(runs));
    names.forEach((name, i) => {
      const id = [runs[i]!.cells.get('id')];
      expect(idsWith({ chosen: { branch: [name] } }, hostile)).toEqual(id);
      expect(idsWith({ chosen: { tag: [name] } }, hostile)).toEqual(id);
      expect(idsWith({ search: `"${name}"` }, hostile)).toEqual(id);
      if (name.length < 1000)
        expect(idsWith({ where: `${writeName(`params.${name}`)} = ${writeLiteral(name)}` }, hostile)).toEqual(
          id,
        );
    });
  });

  it('writes names and values so that they are read as they were, whatever is in them', () => {
    fc.assert(
      fc.property(
        anyText.filter((each) => each !== ''),
        (text) => {
          expect(parseName(writeName(`params.${text}`)).text).toBe(`params.${text}`);
          const condition = parseWhere(`a = ${writeLiteral(text)}`);
          expect(condition.kind === 'compare' && condition.value.text).toBe(text);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('never fails on what people type', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        whereProblem(table, text);
        wordsOf(text);
      }),
      { numRuns: 300 },
    );
  });
});

describe('conditions as rows in groups', () => {
  const name = fc.constantFrom('params.trees', 'metrics.roc_auc', 'branch', 'tag', 'verdict', 'seconds');
  const comparison = fc
    .tuple(name, fc.constantFrom('=', '!=', '<', '>='), fc.constantFrom('pass', '200', '"a b"', '0.9'))
    .map(([field, operator, value]) =>
      field === 'verdict' ? 'verdict = pass' : `${field} ${operator} ${value}`,
    );
  const leaf = fc.oneof(
    comparison,
    name.map((field) => `${field} is missing`),
    name.map((field) => `${field} is not missing`),
    fc.constant('branch in (main, "deeper-trees")'),
  );
  const { condition } = fc.letrec<{ condition: string }>((tie) => ({
    condition: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a}) and ${b}`),
      fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `${a} or (${b})`),
      tie('condition').map((a) => `not (${a})`),
    ),
  }));

  it('ask what the text asks that they come from, and the text that they give asks it too', () => {
    const rows = [...table.rows()].filter((_, i) => i % 20 === 0);
    fc.assert(
      fc.property(condition, (text) => {
        const tree = treeOf(parseWhere(text));
        const again = textOf(tree);
        const [one, other] = [text, again].map((each) => compileWhere(parseWhere(each), table));
        expect(rows.filter((row) => one!(row))).toEqual(rows.filter((row) => other!(row)));
        expect(textOf(treeOf(parseWhere(again)))).toBe(again);
      }),
      { numRuns: 150 },
    );
  });

  it('leave out rows that lack a field or a value', () => {
    const part = { kind: 'rule', operator: '=', values: [{ text: '', quoted: false }] } as const;
    expect(
      textOf({
        kind: 'group',
        match: 'any',
        parts: [
          { ...part, field: '' },
          { ...part, field: 'branch' },
        ],
      }),
    ).toBe('');
  });
});
