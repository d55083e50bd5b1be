import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DataState } from '../../src/runs/index.ts';
import { skimRecord } from '../../src/runs/run-index/skim-record.ts';
import { estimate, model, sampleRecord, step } from './sample-record.ts';

const expected = { id: sampleRecord().id, pipeline: 'heart-disease' };

function skimmed(text: string | Uint8Array): ReturnType<typeof skimRecord> {
  return skimRecord(Buffer.from(text as string), expected);
}

/** What the skimmer should find, from the parsed record. */
function cellsOf(text: string): Record<string, unknown> {
  const record = JSON.parse(text);
  const cells: Record<string, unknown> = {
    started: Date.parse(record.startedAt),
    seconds: record.seconds,
    status: record.status,
    verdict: record.verdict,
    trigger: record.trigger.kind,
  };
  const put = (name: string, value: unknown) => {
    if (value !== undefined && value !== null) cells[name] = value;
  };
  put('actor', record.trigger.actor);
  put('commit', record.code?.commit);
  put('branch', record.code?.branch);
  put('dirty', record.code?.dirty);
  put('model', record.model?.step);
  for (const [name, value] of Object.entries(record.params)) cells[`params.${name}`] = value;
  for (const [name, { fingerprint, rows, contract, checks }] of Object.entries<DataState>(record.data)) {
    put(`data.${name}`, fingerprint);
    put(`rows.${name}`, rows?.total);
    put(`contract.${name}`, contract?.digest);
    put(`checks.${name}`, checks?.verdict);
  }
  const chosen = record.steps.find((each: { id: string }) => each.id === record.model?.step);
  for (const [name, value] of Object.entries(chosen?.matrix ?? {})) cells[`matrix.${name}`] = value;
  const made = record.models.find((each: { digest: string }) => each.digest === record.model?.digest);
  const metrics = Object.entries<Record<string, number>>(made?.evaluation?.metrics ?? {});
  for (const [name, { value, low, high }] of metrics) {
    Object.assign(cells, { [`metrics.${name}`]: value, [`low.${name}`]: low, [`high.${name}`]: high });
  }
  put('metric', record.model?.choice?.metric ?? record.mainMetric ?? metrics[0]?.[0]);
  return cells;
}

/** The same JSON with keys in another order, and white space. */
function spelt(value: unknown, order: (keys: string[]) => string[], space: string): string {
  if (Array.isArray(value))
    return `[${space}${value.map((each) => spelt(each, order, space)).join(`${space},`)}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = order(Object.keys(value)).map(
    (key) =>
      `${space}${JSON.stringify(key)}${space}:${space}${spelt((value as Record<string, unknown>)[key], order, space)}`,
  );
  return `{${members.join(`${space},`)}${space}}`;
}

const name = fc.oneof(
  fc.constantFrom('trees', '__proto__', 'constructor', 'a.b', 'metrics', 'ü "q" \\', '😀', ''),
  fc.string({ maxLength: 6 }),
  fc.string({ unit: 'binary', maxLength: 4 }).filter((text) => Buffer.from(text).toString() === text),
);
const scalar = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
  name,
);
const number = fc.double({ noNaN: true, noDefaultInfinity: true });

const record = fc
  .record({
    params: fc.dictionary(name, scalar, { maxKeys: 5 }),
    metrics: fc.dictionary(name, fc.record({ value: number, low: number, high: number }), { maxKeys: 4 }),
    matrix: fc.dictionary(name, scalar, { maxKeys: 3 }),
    actor: fc.option(name, { nil: undefined }),
    code: fc.constantFrom(
      null,
      { commit: null, dirty: true },
      { commit: 'c'.repeat(40), branch: 'b', dirty: false },
    ),
    weather: fc.jsonValue({ maxDepth: 4 }),
    seconds: number,
    chosen: fc.boolean(),
  })
  .map(({ params, metrics, matrix, actor, code, weather, seconds, chosen }) => {
    const made = model('train[x]', Object.fromEntries(Object.entries(metrics)) as never);
    const base = sampleRecord({
      seconds,
      code,
      params: Object.fromEntries(Object.entries(params)),
      trigger: { kind: 'manual', ...(actor === undefined ? {} : { actor }) },
      steps: [step('other'), step('train[x]', { matrix: Object.fromEntries(Object.entries(matrix)) })],
      models: [model('other', { roc_auc: estimate(1, 1, 1) }), made],
    });
    const { model: _, ...without } = base;
    const choice = chosen ? { model: { step: 'train[x]', digest: made.digest, from: 'choose' } } : {};
    return { ...without, ...choice, weather };
  });

describe('skimming a record', () => {
  test('finds what JSON.parse finds, in any order of keys and with any white space', () => {
    const keys = fc.constantFrom(
      (names: string[]) => [...names].sort(),
      (names: string[]) => names,
      (names: string[]) => [...names].reverse(),
    );
    void fc.assert(
      fc.property(record, keys, fc.constantFrom('', ' ', '\n\t'), (value, order, space) => {
        const text = spelt(value, order, space);
        const found = skimmed(text);
        if (found.kind !== 'run') throw new Error(JSON.stringify(found));
        expect(Object.fromEntries(found.cells)).toEqual(cellsOf(text));
      }),
      { numRuns: 200 },
    );
  });

  test('ends with an answer for any bytes, and never takes half a record for one', () => {
    const text = Buffer.from(JSON.stringify(sampleRecord()));
    void fc.assert(
      fc.property(
        fc.nat(text.length - 1),
        fc.nat(text.length - 1),
        fc.uint8Array({ maxLength: 4 }),
        (from, to, bytes) => {
          const changed = Buffer.concat([text.subarray(0, from), bytes, text.subarray(Math.max(from, to))]);
          expect(['run', 'damaged', 'other-version']).toContain(skimmed(changed).kind);
        },
      ),
      { numRuns: 500 },
    );
    for (let end = 0; end < text.length; end += 7) {
      expect(skimmed(text.subarray(0, end)).kind).toBe('damaged');
    }
  });

  test('says of hostile records that they are damaged', () => {
    const good = JSON.stringify(sampleRecord());
    const damaged: Readonly<Record<string, string | Uint8Array>> = {
      nothing: '',
      'an array': '[]',
      null: 'null',
      'another run': good.replaceAll('1f4a9c1e', '1f4a9c1f'),
      deep: good.replace('{', `{"deep":${'['.repeat(100_000)}${']'.repeat(100_000)},`),
      'a key twice': good.replace('{', '{"status":"failed",'),
      'a parameter twice': good.replace('"params":{', '"params":{"trees":1,'),
      NaN: good.replace('"seconds":12.345', '"seconds":NaN'),
      'an infinity': good.replace('"seconds":12.345', '"seconds":1e999'),
      'a hexadecimal number': good.replace('"seconds":12.345', '"seconds":0x10'),
      'another type': good.replace('"seconds":12.345', '"seconds":"12"'),
      'a parameter that is an object': good.replace('"trees":200', '"trees":{"a":1}'),
      'a metric without a value': good.replace('"value":0.912,', ''),
      'another status': good.replace('"succeeded"', '"odd"'),
      'no date': good.replace('2026-11-21T03:15:00.500Z', 'yesterday'),
      'bytes that are not UTF-8': Buffer.from(good.replace('"branch":"main"', '"branch":"\xff"'), 'latin1'),
      'a line break in a text': good.replace('"branch":"main"', '"branch":"ma\nin"'),
      'something behind': `${good}x`,
      'two records': `${good}${good}`,
      'too many parameters': good.replace(
        '"params":{',
        `"params":{${Array.from({ length: 3_000 }, (_, i) => `"p${i}":1,`).join('')}`,
      ),
      'a very long text': good.replace('"branch":"main"', `"branch":"${'m'.repeat(70_000)}"`),
    };
    for (const [what, text] of Object.entries(damaged)) expect(skimmed(text).kind, what).toBe('damaged');
    expect(skimmed(good).kind).toBe('run');
    expect(skimmed(good.replace('"version":1', '"version":2'))).toEqual({
      kind: 'other-version',
      version: '2',
    });
    expect(skimmed(good.replace('"params":{', '"params":{"__proto__":5,'))).toMatchObject({ kind: 'run' });
  });
});
