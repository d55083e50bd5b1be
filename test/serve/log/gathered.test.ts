import { copyFile, mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { success } from '../../../src/base/index.ts';
import type { ServedVersion } from '../../../src/serve/fleet.ts';
import { newTable } from '../../../src/serve/log/answer-table.ts';
import { newCounters } from '../../../src/serve/log/counters.ts';
import { Deliverer } from '../../../src/serve/log/deliverer.ts';
import { readPredictionLog } from '../../../src/serve/log/index.ts';
import { convertSegment } from '../../../src/serve/log/parquet/convert-segment.ts';
import type { AnswerEvent } from '../../../src/serve/observer.ts';
import { openSession } from '../../../src/sql/index.ts';
import { answer, column, filesIn, openLog, temporaryFolder, version } from './rig.ts';

const hashKey = 'a secret of at least thirty-two characters';
const hostile = ['a.b', 'it\'s "quoted"', 'öäü 中 🚲', '', '__proto__x', 'list.element'];

/** The same names with other types, so that a segment with several of them has to find common ones. */
const versions: readonly ServedVersion[] = [
  version({
    name: 'v1.0.0',
    classes: ['0', '1'],
    columns: [
      column('who', { type: 'string', personal: true }),
      column('born', { type: 'date', personal: true }),
      column('x', { type: 'integer' }),
      column('y', { type: 'boolean' }),
      column('z', { type: 'string', enum: ['left', 'right'] }),
      column('day', { type: 'date' }),
      ...hostile.map((name) => column(name)),
    ],
  }),
  version({
    name: 'v2.0.0',
    columns: [
      column('x', { type: 'number' }),
      column('y', { type: 'string' }),
      column('z', { type: 'string' }),
      column('day', { type: 'timestamp' }),
    ],
  }),
  version({
    name: 'v3.0.0',
    classes: ['no', '1', 'it\'s "."'],
    columns: [column('x', { type: 'integer' }), column('day', { type: 'date', enum: ['2026-11-21'] })],
  }),
];

const number = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.maxSafeInteger(),
  fc.double(),
  fc.constantFrom(-0, 2 ** 53, 2 ** 60, 2 ** 32, -(2 ** 32) - 1, 0.1),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);
const text = fc.oneof(
  fc.constantFrom('', 'left', 'right', 'up', '2026-11-21', '2026-02-30', '2026-11-21T01:02:03.123456+01:00'),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('\ud800', 'é', '\u0000', '\n'),
);
const value = fc.oneof(number, text, fc.boolean(), fc.constantFrom(null, undefined));
const row = fc.record(
  Object.fromEntries(['who', 'born', 'x', 'y', 'z', 'day', 'other', ...hostile].map((name) => [name, value])),
  { requiredKeys: [] },
);
const event = fc.record({
  version: fc.option(fc.nat(versions.length - 1), { nil: undefined, freq: 12 }),
  rows: fc.array(row, { minLength: 1, maxLength: 4 }),
  requestId: fc.oneof(fc.uuid(), fc.string({ unit: 'binary', maxLength: 40 })),
  isFailure: fc.boolean(),
  variant: fc.option(fc.constantFrom('a', 'ü'), { nil: undefined }),
});

type Drawn = typeof event extends fc.Arbitrary<infer E> ? E : never;

function eventOf({ version: at, rows, requestId, isFailure, variant }: Drawn, i: number): AnswerEvent {
  const time = Date.UTC(2026, 10, 21, 9, 30) + i;
  const role =
    variant === undefined ? ({ role: 'served' } as const) : ({ role: 'variant', variant } as const);
  // More than requests may have: what the log does with it does not depend on who checked it.
  const asRows = rows as unknown as AnswerEvent['rows'];
  const { prediction, ...asked } = answer(versions[at ?? 0]!, { rows: asRows, requestId, time, ...role });
  if (!isFailure && at !== undefined) return { ...asked, prediction: prediction! };
  const failure = { code: 'serve-row-invalid', kind: 'input', message: '', status: 422 } as const;
  const { version: _, ...unversioned } = asked;
  return { ...(at === undefined ? unversioned : asked), failure };
}

/** The Parquet of a segment, made of what was gathered and of its lines; the files themselves. */
async function bothWays(
  events: readonly AnswerEvent[],
  personal: 'drop' | 'hash',
): Promise<readonly [Buffer, Buffer]> {
  await using folder = await temporaryFolder();
  const log = openLog(
    folder.path,
    { personal },
    { env: { TRAINYARD_LOG_KEY: hashKey }, buffer: { rows: 30 } },
  );
  for (const each of events) log.observer.answered(each);
  await log.of('heart')!.answers.flush();
  // The next line tells how many were dropped.
  log.observer.answered(answer(versions[0]!));
  await log.of('heart')!.answers.flush();
  const [open] = await filesIn(folder.path);
  const copy = join(folder.path, 'copy/segment');
  await mkdir(dirname(copy));
  await copyFile(open!, `${copy}.jsonl`);
  // Whoever read the lines now would find none.
  await truncate(open!);
  await log[Symbol.asyncDispose]();
  expect(log.troubles.filter(({ code }) => code !== 'buffer-full')).toEqual([]);
  const [gathered] = (await filesIn(join(folder.path, 'log'))).filter((file) => file.endsWith('.parquet'));
  await convertSegment(copy);
  return [await readFile(gathered!), await readFile(`${copy}.parquet`)];
}

describe('a segment in Parquet', () => {
  it('is the same file whether it was gathered or its lines were read (S9)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 1, maxLength: 25 }),
        fc.constantFrom('drop' as const, 'hash' as const),
        async (drawn, personal) => {
          const [gathered, parsed] = await bothWays(drawn.map(eventOf), personal);
          expect(gathered.equals(parsed)).toBe(true);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('is so for thousands of rows, in groups, with columns that repeat and columns that do not (S9)', async () => {
    const columns = [
      column('id', { type: 'integer' }),
      column('note', { type: 'string' }),
      column('seen', { type: 'timestamp' }),
      column('kind', { type: 'string', enum: Array.from({ length: 3000 }, (_, i) => `kind ${i}`) }),
      column('few', { type: 'integer' }),
    ];
    const many = version({ classes: ['0', '1'], columns });
    const rows = Array.from({ length: 20_000 }, (_, i) => ({
      id: i * 1_000_003,
      note: i % 3 === 0 ? `note ${i} é` : 'the same',
      seen: new Date(1e12 + i * 1000).toISOString(),
      kind: `kind ${i % 3000}`,
      ...(i % 7 === 0 ? {} : { few: i % 5 }),
    }));
    await using folder = await temporaryFolder();
    const log = openLog(folder.path, {}, { buffer: { rows: 30_000 } });
    log.observer.answered(answer(many, { rows, requestId: 'many' }));
    await log.of('heart')!.answers.flush();
    const [open] = await filesIn(folder.path);
    const copy = join(folder.path, 'copy');
    await copyFile(open!, `${copy}.jsonl`);
    await truncate(open!);
    await log[Symbol.asyncDispose]();
    await convertSegment(copy);
    const [, gathered] = await filesIn(folder.path);
    const files = [`${copy}.parquet`, (await filesIn(join(folder.path, 'log')))[0]!];
    expect(gathered).toBeDefined();
    expect((await readFile(files[0]!)).equals(await readFile(files[1]!))).toBe(true);
    await using sql = await openSession({ allowedPaths: [folder.path] });
    const found = await sql.rows<Record<string, unknown>>(
      `SELECT input.id::VARCHAR AS id, input.note AS note, epoch_ms(input.seen)::VARCHAR AS seen, input.kind AS kind, input.few::INTEGER AS few
        FROM read_parquet('${files[1]}')`,
    );
    expect(found).toEqual(
      rows.map((each) => ({
        ...each,
        id: String(each.id),
        seen: String(Date.parse(each.seen)),
        few: each.few ?? null,
      })),
    );
  });

  it('has null structs for requests that failed, and common types of what versions call the same (S9)', async () => {
    await using folder = await temporaryFolder();
    {
      await using log = openLog(folder.path);
      const one = (index: number, requestId: string, input: Record<string, string | number | boolean>) =>
        log.observer.answered(answer(versions[index]!, { requestId, rows: [input] }));
      one(0, 'a', { x: 2 ** 53 - 1, y: true, z: 'left', day: '2026-11-21', 'a.b': 0.5 });
      one(1, 'b', { x: 1.5, y: 'yes', day: '2026-11-21T01:00:00+01:00' });
      const { prediction: _, ...failed } = answer(versions[0]!, { requestId: 'c' });
      log.observer.answered({
        ...failed,
        failure: { code: 'serve-row-invalid', kind: 'input', message: '', status: 422 },
      });
      one(2, 'd', { x: 2 ** 53 });
    }
    const [file] = await filesIn(folder.path);
    await using sql = await openSession({ allowedPaths: [folder.path] });
    const json = 'to_json(input)::VARCHAR AS input, to_json(prediction)::VARCHAR AS prediction';
    const found = await sql.rows<Record<string, string>>(
      `SELECT request, status::INTEGER AS status, code, version, ${json} FROM read_parquet('${file}')`,
    );
    const nothing = { ...Object.fromEntries(['x', 'y', 'z', 'day', ...hostile].map((name) => [name, null])) };
    const none = { '0': null, '1': null, no: null, 'it\'s "."': null };
    expect(
      found.map((each) => ({
        ...each,
        input: JSON.parse(each['input'] ?? 'null'),
        prediction: JSON.parse(each['prediction'] ?? 'null'),
      })),
    ).toEqual([
      {
        request: 'a',
        status: 200,
        code: null,
        version: 'v1.0.0',
        input: { ...nothing, x: 2 ** 53 - 1, y: 'true', z: 'left', day: '2026-11-21', 'a.b': 0.5 },
        prediction: { label: '1', probabilities: { ...none, '0': 0.5, '1': 0.5 }, value: null },
      },
      {
        request: 'b',
        status: 200,
        code: null,
        version: 'v2.0.0',
        input: { ...nothing, x: 1.5, y: 'yes', day: '2026-11-21T01:00:00+01:00' },
        prediction: { label: null, probabilities: null, value: 1.5 },
      },
      {
        request: 'c',
        status: 422,
        code: 'serve-row-invalid',
        version: 'v1.0.0',
        input: null,
        prediction: null,
      },
      {
        request: 'd',
        status: 200,
        code: null,
        version: 'v3.0.0',
        input: nothing,
        prediction: {
          label: '1',
          probabilities: { ...none, no: 1 / 3, '1': 1 / 3, 'it\'s "."': 1 / 3 },
          value: null,
        },
      },
    ]);
  });

  it('is made of the lines where more would have to be gathered than may be', async () => {
    await using folder = await temporaryFolder();
    const noted = version({ columns: [column('note', { type: 'string' })] });
    {
      await using log = openLog(folder.path, {}, { segments: { bytes: 2 ** 27 } });
      const note = 'x'.repeat(400_000);
      for (let i = 0; i < 90; i++)
        log.observer.answered(answer(noted, { requestId: `r${i}`, rows: [{ note }] }));
      log.observer.answered(answer(noted, { requestId: 'last', rows: [{ note: 'short' }] }));
      expect(log.troubles).toEqual([]);
    }
    let requests: readonly string[] = [];
    for await (const rows of readPredictionLog(join(folder.path, 'log'), { model: 'heart' }))
      requests = [...requests, ...rows.map(({ request }) => request)];
    expect(requests).toEqual([...Array.from({ length: 90 }, (_, i) => `r${i}`), 'last']);
  });
});

describe('tables of segments that wait', () => {
  it('are few, and each is handed out once', async () => {
    await using folder = await temporaryFolder();
    const delivered: string[] = [];
    const refused = new Set(['2']);
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const deliverer = new Deliverer({
      model: 'heart',
      root: folder.path,
      sink: {
        deliver: async ({ relative, table }) => {
          await gate;
          delivered.push(`${relative} ${table === undefined ? 'lines' : 'table'}`);
          if (refused.delete(relative)) throw new Error('not now');
          return success({ rejected: 0 });
        },
      },
      counters: newCounters(),
      trouble: () => undefined,
      random: () => 0,
    });
    for (let i = 1; i <= 5; i++) {
      await writeFile(join(folder.path, `${i}.jsonl`), '');
      deliverer.add(join(folder.path, `${i}`), newTable());
    }
    go();
    await expect
      .poll(() => delivered)
      .toEqual(['1 table', '2 table', '2 lines', '3 table', '4 lines', '5 lines']);
    await deliverer.end();
  });
});
