import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPayload } from '../../../src/commands/index.ts';

const digest = 'a'.repeat(64);
const rows = [{ id: 1, ok: true, name: 'x', none: null }];

/** So many brackets that whoever follows them by calling itself falls over. */
function deep(levels: number): unknown {
  return JSON.parse('['.repeat(levels) + ']'.repeat(levels));
}

describe('the payload of an event', () => {
  it.each<[unknown, unknown]>([
    [undefined, { pipelines: [] }],
    [null, { pipelines: [] }],
    [{}, { pipelines: [] }],
    [{ pipelines: null, data: null }, { pipelines: [] }],
    [{ pipelines: ['a', 'b-2'] }, { pipelines: ['a', 'b-2'] }],
    [{ pipelines: 'a, b' }, { pipelines: ['a', 'b'] }],
    [
      { data: { dataset: 'd', rows } },
      { pipelines: [], data: { dataset: 'd', from: { kind: 'rows', rows } } },
    ],
    [
      { data: { dataset: 'd', address: 'https://x/' } },
      { pipelines: [], data: { dataset: 'd', from: { kind: 'address', address: 'https://x/' } } },
    ],
    [
      { data: { dataset: 'd', address: 'https://x/', sha256: `sha256:${digest}` } },
      {
        pipelines: [],
        data: { dataset: 'd', from: { kind: 'address', address: 'https://x/', sha256: digest } },
      },
    ],
  ])('T3: %j says %j', (payload, expected) => {
    expect(readPayload(payload)).toEqual({ ok: true, value: expected });
  });

  it.each<[string, unknown]>([
    ['commands-payload-type', []],
    ['commands-payload-type', 'pipelines'],
    ['commands-payload-type', 1],
    ['commands-payload-key', { pipeline: ['a'] }],
    ['commands-payload-key', JSON.parse('{"__proto__": {"pipelines": ["a"]}}')],
    ['commands-payload-key', { constructor: 1 }],
    ['commands-payload-type', { pipelines: 1 }],
    ['commands-payload-type', { pipelines: [1] }],
    ['commands-payload-type', { pipelines: ['../a'] }],
    ['commands-payload-type', { pipelines: ['a\n::error::b'] }],
    ['commands-payload-type', { pipelines: ['${{ github.token }}'] }],
    ['commands-payload-type', { pipelines: ['a'.repeat(65)] }],
    ['commands-payload-type', { pipelines: deep(20_000) }],
    ['commands-payload-large', { pipelines: Array(101).fill('a') }],
    ['commands-payload-type', { data: false }],
    ['commands-payload-type', { data: [] }],
    ['commands-payload-type', { data: 'https://x/' }],
    ['commands-payload-type', { data: deep(20_000) }],
    ['commands-payload-missing', { data: {} }],
    ['commands-payload-missing', { data: { rows } }],
    ['commands-payload-missing', { data: { dataset: 'd' } }],
    ['commands-payload-missing', { data: { dataset: 'd', rows, address: 'https://x/' } }],
    ['commands-payload-missing', { data: { dataset: 'd', rows: [] } }],
    ['commands-payload-key', { data: { dataset: 'd', rows, url: 'https://x/' } }],
    ['commands-payload-key', { data: { dataset: 'd', rows, sha256: digest } }],
    ['commands-payload-key', { data: JSON.parse('{"dataset": "d", "rows": [], "__proto__": 1}') }],
    ['commands-payload-type', { data: { dataset: '../d', rows } }],
    ['commands-payload-type', { data: { dataset: 1, rows } }],
    ['commands-payload-type', { data: { dataset: 'd', rows: { 0: {} } } }],
    ['commands-payload-type', { data: { dataset: 'd', rows: [1] } }],
    ['commands-payload-type', { data: { dataset: 'd', rows: [[]] } }],
    ['commands-payload-type', { data: { dataset: 'd', rows: [{ a: {} }] } }],
    ['commands-payload-type', { data: { dataset: 'd', rows: [{ a: deep(20_000) }] } }],
    ['commands-payload-type', { data: { dataset: 'd', rows: [JSON.parse('{"__proto__": {"a": 1}}')] } }],
    ['commands-payload-large', { data: { dataset: 'd', rows: Array(10_001).fill({}) } }],
    ['commands-payload-large', { data: { dataset: 'd', rows: [{ a: 'x'.repeat(70_000) }] } }],
    ['commands-payload-large', { data: { dataset: 'd', rows: [{ ['x'.repeat(70_000)]: 1 }] } }],
    ['commands-payload-type', { data: { dataset: 'd', address: 1 } }],
    ['commands-payload-type', { data: { dataset: 'd', address: 'https://x/', sha256: 'A'.repeat(64) } }],
    ['commands-payload-type', { data: { dataset: 'd', address: 'https://x/', sha256: 7 } }],
  ])('T3: is refused with %s', (code, payload) => {
    const read = readPayload(payload);
    expect(read).toMatchObject({ ok: false, failure: { code, kind: 'input' } });
    if (!read.ok) expect(read.failure.message.length).toBeLessThan(300);
  });

  it('is read or refused, whatever it is, and nothing of it is left over', () => {
    const name = fc.constantFrom(
      'pipelines',
      'data',
      'dataset',
      'rows',
      'address',
      'sha256',
      '__proto__',
      'a',
    );
    const { any } = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 5 },
        fc.jsonValue(),
        fc.constantFrom('d', 'https://x/', digest),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(name, tie('any'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(name, any, { maxKeys: 3 }), (made) => {
        const payload: unknown = JSON.parse(JSON.stringify(made));
        const read = readPayload(payload);
        if (!read.ok) {
          expect(read.failure.code).toMatch(/^commands-payload-/);
          return;
        }
        const { pipelines, data } = read.value;
        for (const each of pipelines) expect(each).toMatch(/^[a-z0-9-]{1,64}$/);
        if (data?.from.kind !== 'rows') return;
        for (const row of data.from.rows) {
          for (const cell of Object.values(row))
            expect(typeof cell === 'object' && cell !== null).toBe(false);
        }
      }),
      { numRuns: 2_000, seed: 11 },
    );
  });
});
