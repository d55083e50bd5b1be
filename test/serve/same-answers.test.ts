import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOfBytes } from '../../src/base/index.ts';
import { scoreBatch } from '../../src/batch/index.ts';
import type { ColumnContract, LogicalType } from '../../src/contract/index.ts';
import { typedSelect } from '../../src/contract/index.ts';
import { buildModel, createGraphBuilder, openPredictor } from '../../src/onnx/index.ts';
import { openServable, writeServable } from '../../src/servable/index.ts';
import { batchingEngine, fixedFleet, openServer } from '../../src/serve/index.ts';
import { openSession, openSource, writeParquet } from '../../src/sql/index.ts';
import { columnOf } from '../servable/sum-model.ts';

/** The answer for a missing number, and for a missing text. */
const missing = { number: -0.5, text: -1 };
const words = [
  'a',
  'Ä',
  'ß',
  '東京',
  '🚂',
  'e\u0301',
  ' ',
  '"',
  ',',
  'true',
  '1.0',
  'null',
  'NaN',
  'line\nbreak',
];

/** A model of one column that gives a number as it is, and the place of a text among the words. */
async function echo(type: LogicalType): Promise<Uint8Array> {
  const graph = createGraphBuilder(['x', 'value']);
  const metadata = { 'trainyard.task': 'regression' };
  const value = { name: 'value', type: 'double', shape: [null, 1] } as const;
  if (type !== 'string') {
    const instead = graph.constant('missing', {
      type: 'double',
      dims: [1],
      values: Float64Array.of(missing.number),
    });
    const [isMissing] = graph.node('IsNaN', ['x']);
    const [from] = graph.node('Where', [isMissing!, instead, 'x']);
    const inputs = [{ name: 'x', type: 'double', shape: [null, 1] } as const];
    return await buildModel({ graph, inputs, outputs: [{ ...value, from: from! }], metadata });
  }
  const [place] = graph.node('LabelEncoder', ['x'], {
    domain: 'ai.onnx.ml',
    attributes: {
      keys_strings: { kind: 'strings', values: ['', ...words] },
      values_floats: { kind: 'floats', values: [missing.text, ...words.keys()] },
      default_float: { kind: 'float', value: 99 },
    },
  });
  const [from] = graph.node('Cast', [place!], { attributes: { to: { kind: 'int', value: 11 } } });
  const inputs = [{ name: 'x', type: 'string', shape: [null, 1] } as const];
  return await buildModel({ graph, inputs, outputs: [{ ...value, from: from! }], metadata });
}

const two = (most: number, least = 0): fc.Arbitrary<string> =>
  fc.integer({ min: least, max: most }).map((part) => String(part).padStart(2, '0'));
const day = fc
  .tuple(fc.integer({ min: 1, max: 9999 }), two(12, 1), two(28, 1))
  .map(([year, ...rest]) => [String(year).padStart(4, '0'), ...rest].join('-'));
const time = fc.tuple(two(23), two(59), two(59)).map((parts) => parts.join(':'));
const fraction = fc.oneof(fc.constant(''), fc.stringMatching(/^\.[0-9]{1,9}$/));
const zone = fc.oneof(
  fc.constantFrom('', 'Z'),
  fc.tuple(fc.constantFrom('+', '-'), two(13), two(59)).map(([sign, h, m]) => `${sign}${h}:${m}`),
);

/** How values of a type are written in a file; those of numbers and booleans are JSON, too. */
const written: Readonly<Record<LogicalType, fc.Arbitrary<string>>> = {
  boolean: fc.constantFrom('true', 'false'),
  integer: fc.oneof(
    fc.maxSafeInteger().map(String),
    fc.constantFrom('9007199254740991', '-9007199254740991', '0'),
  ),
  number: fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
    fc.constantFrom(
      '1e2',
      '-0',
      '0.10',
      '5e-324',
      '1.7976931348623157e308',
      '123456789012345678901234567890',
    ),
  ),
  string: fc.constantFrom(...words, 'none of them'),
  date: day,
  timestamp: fc.tuple(day, fc.constantFrom('T', ' '), time, fraction, zone).map((parts) => parts.join('')),
};

/** A missing value is the empty text. */
const rowsOf = (type: LogicalType): readonly string[] => [
  '',
  ...fc.sample(fc.oneof({ weight: 9, arbitrary: written[type] }, { weight: 1, arbitrary: fc.constant('') }), {
    numRuns: 300,
    seed: 4,
  }),
];

const field = (text: string): string => (text === '' ? '' : `"${text.replaceAll('"', '""')}"`);

function jsonOf(type: LogicalType, text: string): string {
  if (text === '') return 'null';
  return type === 'boolean' || type === 'integer' || type === 'number' ? text : JSON.stringify(text);
}

async function post(url: string, body: string): Promise<unknown> {
  const answer = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${answer.status}: ${text}`);
  return JSON.parse(text);
}

const datatypes: Readonly<Record<LogicalType, string>> = {
  boolean: 'BOOL',
  integer: 'INT64',
  number: 'FP64',
  string: 'BYTES',
  date: 'BYTES',
  timestamp: 'BYTES',
};

describe('D4, S3: a row has one answer, whichever way it comes', () => {
  const types: readonly LogicalType[] = ['boolean', 'integer', 'number', 'string', 'date', 'timestamp'];
  it.each(types)('%s', async (type) => {
    const folder = await mkdtemp(join(tmpdir(), 'trainyard-same-'));
    try {
      const texts = rowsOf(type);

      const columns: readonly ColumnContract[] = [
        columnOf('row', { type: 'integer', primaryKey: true }),
        columnOf('x', { type }),
      ];
      const bytes = await echo(type);
      const parts = {
        model: 'echo',
        modelVersion: 'v1.0.0',
        digest: digestOfBytes(bytes),
        lineage: { run: '20261121-000000-00000001' },
        columns,
      };
      await writeServable(join(folder, 'servable'), parts, bytes);
      const csv = join(folder, 'rows.csv');
      await writeFile(csv, ['row,x', ...texts.map((text, i) => `${i},${field(text)}`), ''].join('\n'));

      // As evaluation reads files.
      await using session = await openSession({ allowedPaths: [folder] });
      const source = await openSource(session, { files: [{ path: csv, shown: csv }], format: 'csv' });
      if (!source.ok) throw new Error(JSON.stringify(source.failure));
      const contract = {
        id: 'echo',
        version: '1',
        name: 'echo',
        file: 'echo.yaml',
        digest: parts.digest,
        columns,
        metrics: [],
        notChecked: [],
      };
      const typed = `SELECT ${typedSelect(contract, source.value)} FROM ${source.value.scan} ORDER BY row`;
      const table = await session.table(typed);
      const opened = await openPredictor(bytes, { threads: 1 });
      if (!opened.ok) throw new Error(opened.failure.message);
      await using predictor = opened.value;
      const evaluated = await predictor.predict(table);
      if (!evaluated.ok || evaluated.value.task !== 'regression') throw new Error(JSON.stringify(evaluated));
      const answers = [...evaluated.value.values];
      expect(answers).toHaveLength(texts.length);
      expect(answers[0]).toBe(type === 'string' ? missing.text : missing.number);

      // As applications ask.
      const servable = await openServable(join(folder, 'servable'));
      if (!servable.ok) throw new Error(servable.failure.message);
      await using engine = batchingEngine(servable.value, { clock: () => performance.now() });
      await using listener = await openServer({
        fleet: fixedFleet([engine]),
        host: '127.0.0.1',
        port: 0,
      });
      const values = texts.map((text) => jsonOf(type, text));
      const simple = (await post(
        `${listener.url}/predict/echo`,
        `[${values.map((value) => `{"x":${value}}`).join(',')}]`,
      )) as { predictions: readonly { value: number }[] };
      expect(simple.predictions.map(({ value }) => value)).toEqual(answers.map(noMinusZero));
      const tensor = async (datatype: string, data: readonly string[]): Promise<readonly number[]> => {
        const input = `{"name":"x","datatype":"${datatype}","shape":[${data.length},1],"data":[${data.join(',')}]}`;
        const answer = await post(`${listener.url}/v2/models/echo/infer`, `{"inputs":[${input}]}`);
        return (answer as { outputs: readonly [{ data: readonly number[] }] }).outputs[0].data;
      };
      expect(await tensor(datatypes[type], values)).toEqual(answers.map(noMinusZero));
      if (type === 'date' || type === 'timestamp') {
        const exact = answers.filter(
          (value) => Number.isInteger(value) || Number.isSafeInteger(Math.round(value * 1000)),
        );
        const numbers = exact.map((value) => (value === missing.number ? 'null' : String(value)));
        expect(await tensor('FP64', numbers)).toEqual(exact);
      }

      // As files are scored.
      await writeParquet(session, typed, join(folder, 'rows.parquet'));
      for (const format of ['csv', 'parquet'] as const) {
        const output = join(folder, 'out', `${format}.parquet`);
        await mkdir(join(folder, 'out'), { recursive: true });
        const scored = await scoreBatch({
          servable: join(folder, 'servable'),
          files: [{ path: join(folder, `rows.${format}`), shown: format }],
          format,
          output,
          outputFormat: 'parquet',
          rejects: `${output}.rejects.jsonl`,
          rejectsFormat: 'jsonl',
          columns: 'all',
          prefix: '',
          maxRejects: 0,
          threads: 1,
          work: `${output}.parts`,
        });
        if (!scored.ok) throw new Error(JSON.stringify(scored.failure));
        const rows = await session.rows<{ value: number }>(
          `SELECT value FROM read_parquet('${output}') ORDER BY row`,
        );
        expect(rows.map(({ value }) => value)).toEqual(answers);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

/** JSON has it, but `JSON.stringify` does not write it. */
const noMinusZero = (value: number): number => value + 0;
