import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Result } from '../../../src/base/index.ts';
import type { RowBlock, Servable } from '../../../src/servable/index.ts';
import type { BatchingOptions } from '../../../src/serve/engines/batching.ts';
import { batchingEngine } from '../../../src/serve/engines/batching.ts';
import type { ServeFailure } from '../../../src/serve/failures.ts';
import type { Answered } from '../../../src/serve/index.ts';
import { mixedModel, open, sumModel } from '../v2/protocol-models.ts';

let sum: Servable;
let mixed: Servable;

beforeAll(async () => {
  sum = await open(await sumModel('sum', { width: 2 }));
  mixed = await open(await mixedModel('mixed'));
});

afterAll(async () => {
  await sum[Symbol.asyncDispose]();
  await mixed[Symbol.asyncDispose]();
});

/** The engine owns its servable, and these are shared by the tests. */
function engineOf(servable: Servable, options: Partial<BatchingOptions> = {}) {
  return batchingEngine(
    { ...servable, [Symbol.asyncDispose]: async () => undefined },
    { clock: () => performance.now(), ...options },
  );
}

function blockOf(...rows: readonly (readonly [number, number])[]): RowBlock {
  return { rows: rows.length, cells: rows.flat() };
}

function valuesOf(answer: Result<Answered, ServeFailure>, rows: number): number[] {
  if (!answer.ok) throw new Error(answer.failure.message);
  const { prediction, firstRow } = answer.value;
  if (prediction.task !== 'regression') throw new Error('it is no regression');
  return [...prediction.values.subarray(firstRow, firstRow + rows)];
}

const later = (): number => performance.now() + 60_000;

describe('an engine on this thread', () => {
  it('answers what arrives in one turn with one call of the runtime, each block with its own rows (S2)', async () => {
    await using engine = engineOf(sum);
    const blocks = Array.from({ length: 20 }, (_, i) => blockOf([i, 1], [i, 2]));
    const answers = await Promise.all(blocks.map((block) => engine.infer(block, later())));
    expect(answers.map((answer) => valuesOf(answer, 2))).toEqual(blocks.map((_, i) => [i + 1, i + 2]));
    expect(new Set(answers.map((answer) => answer.ok && answer.value.prediction)).size).toBe(1);
    expect(engine.load().batches?.rows.sum).toBe(40);
  });

  it('gives every block the answers of its own rows, whatever their sizes are', async () => {
    await using engine = engineOf(sum, { batchRows: 7 });
    const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(sizes, async (lengths) => {
        const blocks = lengths.map((rows, b) =>
          blockOf(...Array.from({ length: rows }, (_, i): [number, number] => [b * 1000, i])),
        );
        const answers = await Promise.all(blocks.map((block) => engine.infer(block, later())));
        answers.forEach((answer, b) => {
          const expected = Array.from({ length: lengths[b]! }, (_, i) => b * 1000 + i);
          expect(valuesOf(answer, lengths[b]!)).toEqual(expected);
        });
      }),
      { numRuns: 30 },
    );
  });

  it('fails a block that the model cannot answer, and answers the others of its batch (S11)', async () => {
    await using engine = engineOf(mixed);
    const good: RowBlock = { rows: 1, cells: [50, 0, 'green', 0, 0, 0, ''] };
    // A missing whole number has no place in a tensor of integers; the check of requests would not let it through.
    const bad: RowBlock = { rows: 1, cells: [50, 0, 'green', Number.NaN, 0, 0, ''] };
    const blocks = Array.from({ length: 33 }, (_, i) => (i % 11 === 5 ? bad : good));
    const answers = await Promise.all(blocks.map((block) => engine.infer(block, later())));
    for (const [i, answer] of answers.entries()) {
      expect(answer.ok ? 'answered' : answer.failure.code).toBe(
        blocks[i] === good ? 'answered' : 'serve-model-failed',
      );
    }
  });

  it('answers with a failure when the model throws', async () => {
    const broken: Servable = { ...sum, predict: () => Promise.reject(new TypeError('out of order')) };
    await using engine = engineOf(broken);
    const answer = await engine.infer(blockOf([1, 2]), later());
    expect(answer).toMatchObject({ ok: false, failure: { code: 'serve-model-failed', status: 500 } });
  });

  it('refuses what came after its deadline, and what would not be answered before it (S11)', async () => {
    let now = 0;
    // Every row takes 10 ms of this clock.
    const slow: Servable = {
      ...sum,
      predict: (blocks) => {
        for (const { rows } of blocks) now += rows * 10;
        return sum.predict(blocks);
      },
    };
    await using engine = engineOf(slow, { clock: () => now });
    expect((await engine.infer(blockOf([1, 1], [2, 2]), 1e9)).ok).toBe(true);
    const start = now;
    const first = engine.infer(blockOf([1, 1], [1, 1], [1, 1], [1, 1], [1, 1]), start + 1000);
    const refused = await engine.infer(blockOf([1, 1]), start + 20);
    expect(refused).toMatchObject({ ok: false, failure: { code: 'serve-overloaded', status: 503 } });
    expect(!refused.ok && refused.failure.retryAfter).toBeGreaterThanOrEqual(1);
    expect((await first).ok).toBe(true);
    const late = await engine.infer(blockOf([1, 1]), now - 1);
    expect(late).toMatchObject({ ok: false, failure: { code: 'serve-timeout', status: 504 } });
  });

  it('refuses at once when as many rows wait as may, and answers all that it took (S11)', async () => {
    await using engine = engineOf(sum, { queueRows: 10 });
    const answers = Array.from({ length: 30 }, () => engine.infer(blockOf([1, 2]), later()));
    const settled = await Promise.all(answers);
    expect(settled.filter(({ ok }) => ok)).toHaveLength(10);
    expect(settled.filter((answer) => !answer.ok && answer.failure.code === 'serve-overloaded')).toHaveLength(
      20,
    );
    expect((await engine.infer(blockOf([1, 2]), later())).ok).toBe(true);
  });

  it('answers what waits before it is disposed', async () => {
    const engine = engineOf(sum, { batchRows: 1 });
    const answers = Array.from({ length: 50 }, (_, i) => engine.infer(blockOf([i, 0]), later()));
    await engine[Symbol.asyncDispose]();
    const values = (await Promise.all(answers)).map((answer) => valuesOf(answer, 1)[0]);
    expect(values).toEqual(values.map((_, i) => i));
  });

  it('lets small requests come between the parts of a large one', async () => {
    const order: string[] = [];
    // So slow that a large block is one by the clock.
    let now = 0;
    const slow: Servable = {
      ...sum,
      predict: (blocks) => {
        for (const { rows } of blocks) now += rows;
        return sum.predict(blocks);
      },
    };
    await using engine = engineOf(slow, { clock: () => now });
    await engine.infer(blockOf([1, 1], [2, 2]), 1e9);
    const rows = Array.from({ length: 1000 }, (_, i): [number, number] => [i, 0]);
    const large = engine.infer(blockOf(...rows), 1e9).then((answer) => {
      order.push('large');
      return answer;
    });
    const small = engine.infer(blockOf([7, 0]), 1e9).then(() => order.push('small'));
    await small;
    expect(valuesOf(await large, 1000)).toEqual(rows.map(([value]) => value));
    expect(order).toEqual(['small', 'large']);
  });
});
