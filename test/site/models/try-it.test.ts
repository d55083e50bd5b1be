import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problemText } from '../../../site/models/try/problem-words.ts';
import { fieldsOf, pointsOf, rowOf, startOf } from '../../../site/models/try/row-fields.ts';
import type { ColumnContract } from '../../../src/contract/index.ts';
import { rowCheck } from '../../../src/embed/index.ts';
import type { AnsweredBatch, TriedRow, TryFile } from '../../../src/site/format/index.ts';
import { answerCsv } from '../../../src/site/try-it/answer-csv.ts';
import { readCsv } from '../../../src/site/try-it/read-csv.ts';

const plain = { required: true, unique: false, primaryKey: false, personal: false } as const;
const columns: readonly ColumnContract[] = [
  { ...plain, name: 'age', type: 'integer', minimum: 18, maximum: 110 },
  { ...plain, name: 'ward', type: 'string', required: false },
  { ...plain, name: 'smokes', type: 'boolean', required: false },
];

/** Answers with what came in, so that a test sees it. */
async function echo(rows: readonly unknown[]): Promise<readonly TriedRow[]> {
  const check = rowCheck(columns);
  return rows.map((row) => {
    const problems = check(row);
    return problems.length > 0 ? { problems } : { answer: { value: (row as { age: number }).age } };
  });
}

describe('reading pasted rows', () => {
  it('gives back any table that was written as RFC 4180 says, whatever the line ends', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ' ', ',', '"', '\n', '\r\n', ';', 'é', '=') });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 12 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        (rows, end) => {
          const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
          const text = [['one', 'two'], ...rows].map((cells) => cells.map(quoted).join(',')).join(end);
          const table = readCsv(text);
          if ('problem' in table) throw new Error(table.problem);
          expect(table.header).toEqual(['one', 'two']);
          expect(table.rows.map(({ cells }) => cells)).toEqual(rows);
        },
      ),
    );
  });

  it('counts lines as an editor does, and takes tabs and semicolons of spreadsheets', () => {
    const table = readCsv('\ufeffage;ward\r\n63;"two\r\nlines"\r\n\r\n70;x\r\n');
    if ('problem' in table) throw new Error(table.problem);
    expect(table.rows).toEqual([
      { line: 2, cells: ['63', 'two\r\nlines'] },
      { line: 5, cells: ['70', 'x'] },
    ]);
    expect(readCsv('a\tb\n1\t2')).toMatchObject({ header: ['a', 'b'] });
  });

  it.each([
    ['', 'There is no text'],
    ['age,ward', 'There are no rows'],
    ['age,age\n1,2', 'twice'],
    ['age\n"open', 'never closed'],
    ['age\n"a"b', 'after a closing quote'],
    [`age\n${'1\n'.repeat(10_001)}`, 'more than 10,000 rows'],
    [`${Array.from({ length: 1001 }, (_, i) => `c${i}`).join(',')}\n1`, 'names 1,001 columns'],
    [`${'x,'.repeat(1_000_000)}`, 'names 1,000,001 columns'],
    ['x'.repeat(20_000_001), 'more than 20 million characters'],
  ])('says what is wrong with %#', (text, problem) => {
    expect((readCsv(text) as { problem: string }).problem).toContain(problem);
  });

  it('never throws, and never takes for ever', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('"', ',', '\n', 'a', '\r', '\t', ';') }),
        (text) => void readCsv(text),
      ),
    );
    expect(readCsv('"'.repeat(1_000_000))).toHaveProperty('problem');
  });
});

/** Asked from the beginning to the end. */
async function answered(text: string, own = columns): Promise<AnsweredBatch> {
  const batch = await answerCsv(text, { columns: own, answer: echo, goOn: async () => true });
  if (batch.is !== 'answered') throw new Error(batch.is === 'refused' ? batch.problem : 'stopped');
  return batch;
}

describe('answering pasted rows', () => {
  it('keeps cells that are missing missing, and says by line what a row breaks', async () => {
    const batch = await answered('age,ward,smokes,note\n63,,true,x\n17,a,false,y\nold,b,,z\n64,c\n');
    expect(batch.ignored).toEqual(['note']);
    expect(batch.shown.answered).toEqual(['value']);
    expect([batch.count, batch.refused]).toEqual([1, 3]);
    expect(batch.shown.rows).toEqual([
      { line: 2, cells: ['63', '', 'true', 'x'], answer: [63], problems: [] },
      {
        line: 3,
        cells: ['17', 'a', 'false', 'y'],
        problems: [{ rule: 'range', column: 'age', expected: '>= 18' }],
      },
      {
        line: 4,
        cells: ['old', 'b', '', 'z'],
        problems: [{ rule: 'type', column: 'age', expected: 'an integer such as -12, within 2^53' }],
      },
      {
        line: 5,
        cells: ['64', 'c'],
        problems: [{ rule: 'columns', expected: '4 cells as the header has, and not 2' }],
      },
    ]);
    expect(batch.firstRefused.map(({ line }) => line)).toEqual([3, 4, 5]);
  });

  it('hands over CSV in which no cell is a formula', async () => {
    const batch = await answered('age,ward\n63,=1+1\n64,-5\n65,@SUM(A1)\n66,"+x, y"\n');
    expect(await batch.csv.text()).toBe(
      "age,ward,value,problems\n63,'=1+1,63,\n64,-5,64,\n65,'@SUM(A1),65,\n66,\"'+x, y\",66,\n",
    );
  });

  it('refuses a text whose header names no column of the model', async () => {
    const batch = await answerCsv('a,b\n1,2', { columns, answer: echo, goOn: async () => true });
    expect(batch).toMatchObject({ is: 'refused', problem: expect.stringContaining('age, ward, smokes') });
  });

  it('answers piece by piece, says how far it is, and ends when it is told to', async () => {
    const text = `age\n${'63\n'.repeat(1000)}`;
    const told: (readonly number[])[] = [];
    const asked: number[] = [];
    const batch = await answerCsv(text, {
      columns,
      answer: async (rows) => {
        asked.push(rows.length);
        return await echo(rows);
      },
      goOn: async (...progress) => told.push(progress) < 4,
    });
    expect(batch).toEqual({ is: 'stopped', done: 750, total: 1000 });
    expect(asked).toEqual([250, 250, 250]);
    expect(told).toEqual([0, 250, 500, 750].map((done) => [done, 1000]));
  });

  it('hands a page no more than it can draw, and the file everything', async () => {
    const names = Array.from({ length: 900 }, (_, i) => `extra ${i}`);
    const huge = 'x'.repeat(100_000);
    const lines = Array.from({ length: 300 }, (_, i) => `${63},${names.map(() => i).join(',')}`);
    const batch = await answered(
      `age,${names.join(',')}\n${lines.join('\n')}\n63,${huge}${',1'.repeat(899)}`,
    );
    expect(batch.shown.rows).toHaveLength(200);
    expect(batch.shown.header).toHaveLength(40);
    expect(batch.shown.columnsLeft).toBe(861);
    const csv = (await batch.csv.text()).trimEnd().split('\n');
    expect(csv).toHaveLength(302);
    expect(csv.at(-1)).toContain(huge);
    const cut = await answered(`age,ward\n63,${huge}`);
    expect(cut.shown.rows[0]!.cells[1]).toHaveLength(201);
  });

  it('takes any text and any names for what they are, those of every object too', async () => {
    const hostile: readonly ColumnContract[] = [
      '__proto__',
      'constructor',
      '<img src=x onerror=alert(1)>',
    ].map((name) => ({ ...plain, name, type: 'string', required: false }));
    const seen: unknown[] = [];
    await answerCsv('\ufeff__proto__;constructor;toString\r\na\u0000b;=1+1;"x""y"\r\n', {
      columns: hostile,
      answer: async (rows) => {
        seen.push(...rows);
        return rows.map(() => ({ answer: { label: 'a', probabilities: { ['__proto__']: 1 } } }));
      },
      goOn: async () => true,
    });
    expect(JSON.stringify(seen)).toBe('[{"__proto__":"a\\u0000b","constructor":"=1+1"}]');
    expect(Object.prototype).not.toHaveProperty('a');
    const unit = fc.constantFrom(
      'age',
      ',',
      '"',
      '\n',
      '63',
      '\0',
      '\ufeff',
      '=',
      '\r',
      '\t',
      ';',
      '__proto__',
    );
    await fc.assert(
      fc.asyncProperty(fc.string({ unit, maxLength: 60 }), async (text) => {
        const batch = await answerCsv(text, { columns, answer: echo, goOn: async () => true });
        if (batch.is === 'answered')
          expect((await batch.csv.text()).split(/[\n,]/).filter((cell) => /^"?[=@\t\r]/.test(cell))).toEqual(
            [],
          );
      }),
    );
  });
});

describe('the form of a row', () => {
  const described = (own: readonly ColumnContract[], more: Partial<TryFile> = {}): TryFile =>
    ({
      version: 1,
      model: 'm',
      modelVersion: 'v1.0.0',
      description: { columns: own },
      reads: own.map(({ name }) => name),
      start: {},
      ranges: {},
      ...more,
    }) as unknown as TryFile;

  it('keeps names of every object apart from what objects have', () => {
    const own = ['__proto__', 'constructor', 'toString'].map((name) => ({
      ...plain,
      name,
      type: 'number' as const,
    }));
    const fields = fieldsOf(described(own));
    const states = startOf(fields, {});
    expect(states).toEqual(own.map(() => ({ value: 0, missing: false })));
    states[0]!.value = 7;
    expect(JSON.stringify(rowOf(fields, states))).toBe('{"__proto__":7,"constructor":0,"toString":0}');
  });

  it('has a slider only over limits that one can go over, whatever a contract says', () => {
    const limit = fc.constantFrom(
      undefined,
      0,
      -0,
      1,
      -1e308,
      1e308,
      5e-324,
      2 ** 53,
      NaN,
      Infinity,
      -Infinity,
      0.5,
    );
    fc.assert(
      fc.property(
        limit,
        limit,
        limit,
        limit,
        limit,
        fc.constantFrom('integer', 'number'),
        (a, b, c, d, e, type) => {
          const [minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf] = [a, b, c, d, e];
          const all = { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf };
          const set = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
          const column = { ...plain, name: 'x', type, ...set } as ColumnContract;
          const [field] = fieldsOf(described([column]));
          expect(Number.isFinite(field!.step) && field!.step > 0).toBe(true);
          const points = pointsOf(field!, 80);
          expect(points.length).toBeLessThanOrEqual(80);
          expect(points.every(Number.isFinite)).toBe(true);
          if (field!.range !== undefined) expect(field!.range[0]).toBeLessThan(field!.range[1]);
        },
      ),
    );
    const many = Array.from({ length: 2000 }, (_, i) => 2000 - i);
    const points = pointsOf(
      fieldsOf(described([{ ...plain, name: 'x', type: 'integer', enum: many }]))[0]!,
      80,
    );
    expect(points.length).toBeLessThanOrEqual(80);
    expect(points).toEqual(points.toSorted((p, q) => p - q));
  });

  it('says which column lacks a value, what it needs, and which version asks for it', () => {
    const age = { ...columns[0]!, unit: 'years' };
    expect(problemText({ rule: 'required', column: 'age', expected: 'a value' }, described([age]))).toBe(
      'age is missing, and v1.0.0 does not answer without it: it needs an integer from 18 to 110, in years',
    );
    const many = Array.from({ length: 2000 }, (_, i) => `<b>${i}</b>`);
    const ward = { ...columns[1]!, enum: many };
    const text = problemText({ rule: 'required', column: 'ward', expected: 'a value' }, described([ward]));
    expect(text).toContain('<b>11</b> and 1988 others');
    const long = problemText({ rule: 'enum', column: 'ward', expected: many.join(', ') }, described([ward]));
    expect(long.length).toBeLessThan(320);
  });
});
