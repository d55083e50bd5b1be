import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JoinedAnswer, LogFilter } from '../../../src/serve/log/index.ts';
import { readPredictionLog } from '../../../src/serve/log/index.ts';
import type { LabelLine } from '../../../src/serve/log/line.ts';
import { answer, filesIn, linesIn, openLog, temporaryFolder, version } from './rig.ts';

const classifier = version({ classes: ['no', 'yes'] });
const start = Date.UTC(2026, 10, 21, 9, 30);

async function read(root: string, filter: Partial<LogFilter> = {}): Promise<readonly JoinedAnswer[]> {
  const all: JoinedAnswer[] = [];
  for await (const rows of readPredictionLog(join(root, 'log'), { model: 'heart', ...filter }))
    all.push(...rows);
  return all;
}

function label(request: string, row: number, value: string | number, time: number): LabelLine {
  return {
    kind: 'label',
    v: 1,
    time: new Date(time).toISOString(),
    request,
    row,
    model: 'heart',
    label: value,
  };
}

describe('reading the prediction log', () => {
  it('says the same of lines and of Parquet (S9)', async () => {
    await using folder = await temporaryFolder();
    const log = openLog(folder.path);
    log.observer.answered(
      answer(classifier, {
        requestId: 'a',
        rows: [
          { age: 1, birth: '1960-02-03' },
          { sex: 'female', seen: '2026-11-20T13:00:00.123456+01:00' },
        ],
      }),
    );
    log.observer.answered(answer(version({ name: 'v2.0.0' }), { requestId: 'b', role: 'shadow' }));
    const { prediction: _, ...refused } = answer(classifier, { requestId: 'c' });
    log.observer.answered({
      ...refused,
      failure: { code: 'serve-row-invalid', kind: 'input', message: '', status: 422 },
    });
    await log.of('heart')!.answers.flush();
    await log.of('heart')!.labels.add([label('a', 1, 'yes', start), label('b', 0, 2.5, start)]);
    const lines = await read(folder.path);
    await log[Symbol.asyncDispose]();
    expect((await filesIn(folder.path)).every((file) => file.endsWith('.parquet'))).toBe(true);
    const parquet = await read(folder.path);
    const withUtc = lines.map((line) =>
      line.input?.['seen'] === '2026-11-20T13:00:00.123456+01:00'
        ? { ...line, input: { ...line.input, seen: '2026-11-20T12:00:00.123456Z' } }
        : line,
    );
    expect(parquet.map((row) => ({ ...row, label: String(row.label) }))).toEqual(
      withUtc.map((row) => ({ ...row, label: String(row.label) })),
    );
    expect(parquet).toMatchObject([
      {
        request: 'a',
        row: 0,
        input: { age: 1 },
        prediction: { label: 'yes', probabilities: { no: 0.5, yes: 0.5 } },
      },
      { request: 'a', row: 1, label: 'yes', labelTime: '2026-11-21T09:30:00.000Z' },
      { request: 'b', prediction: { value: 1.5 } },
      { request: 'c', status: 422, code: 'serve-row-invalid' },
    ]);
    expect(parquet[0]).not.toHaveProperty('label');
    expect(parquet[3]).not.toHaveProperty('input');
  });

  it('chooses answers by time, version and role', async () => {
    await using folder = await temporaryFolder();
    await using log = openLog(folder.path);
    for (let i = 0; i < 4; i++) {
      log.observer.answered(
        answer(classifier, {
          requestId: `r${i}`,
          time: start + i * 1000,
          role: i === 3 ? 'canary' : 'served',
        }),
      );
    }
    await log.of('heart')!.answers.flush();
    const ids = async (filter: Partial<LogFilter>) =>
      (await read(folder.path, filter)).map(({ request }) => request);
    expect(await ids({ since: start + 1000, until: start + 3000 })).toEqual(['r1', 'r2']);
    expect(await ids({ roles: ['canary'] })).toEqual(['r3']);
    expect(await ids({ versions: ['v9.9.9'] })).toEqual([]);
  });

  it('finds every label exactly once, in whatever order and however often it came (S9)', async () => {
    const labels = fc.array(
      fc.record({
        request: fc.nat(12),
        row: fc.nat(2),
        label: fc.constantFrom('no', 'yes'),
        batch: fc.boolean(),
      }),
      { maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(
        labels,
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 10 }),
        async (sent, sizes) => {
          await using folder = await temporaryFolder();
          let time = start;
          const expected = new Map<string, string>();
          {
            await using log = openLog(folder.path, {}, { now: () => time, segments: { bytes: 3000 } });
            const { answers, labels: journal } = log.of('heart')!;
            let i = 0;
            for (const each of sent) {
              if (i < sizes.length && each.batch) {
                log.observer.answered(
                  answer(classifier, {
                    requestId: `r${i}`,
                    time,
                    rows: Array.from({ length: sizes[i]! }, () => ({ age: 1 })),
                  }),
                );
                i += 1;
                await answers.flush();
              }
              time += 60_000;
              await journal.add([label(`r${each.request}`, each.row, each.label, time)]);
              expected.set(`r${each.request} ${each.row}`, each.label);
            }
            for (; i < sizes.length; i++)
              log.observer.answered(
                answer(classifier, {
                  requestId: `r${i}`,
                  time,
                  rows: Array.from({ length: sizes[i]! }, () => ({ age: 1 })),
                }),
              );
          }
          const found = await read(folder.path);
          expect(found).toHaveLength(sizes.reduce((sum, size) => sum + size, 0));
          for (const { request, row, label: joined } of found)
            expect(joined).toBe(expected.get(`${request} ${row}`));
        },
      ),
      { numRuns: 6 },
    );
  });

  it('takes every whole line of a segment that broke off anywhere, and nothing else', async () => {
    await using folder = await temporaryFolder();
    const log = openLog(folder.path);
    for (let i = 0; i < 5; i++) log.observer.answered(answer(classifier, { requestId: `r${i}` }));
    await log.of('heart')!.answers.flush();
    const [file] = await filesIn(folder.path);
    const bytes = await readFile(file!);
    await log[Symbol.asyncDispose]();
    await using other = await temporaryFolder();
    const copy = join(other.path, 'log', file!.slice(join(folder.path, 'log').length));
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length), fc.uint8Array({ maxLength: 20 }), async (length, junk) => {
        const { mkdir } = await import('node:fs/promises');
        await mkdir(join(copy, '..'), { recursive: true });
        await writeFile(copy, bytes);
        await truncate(copy, length);
        // What a disk may leave behind a loss of power: zeroes, or anything without a line feed.
        await appendFile(
          copy,
          junk.filter((byte) => byte !== 10 && byte !== 13),
        );
        const whole = bytes
          .subarray(0, length)
          .toString('utf8')
          .split('\n')
          .slice(0, -1)
          .filter((line) => line.includes('"answer"'));
        const found = await read(other.path);
        // The last line may be whole but for its line feed.
        expect([whole.length, whole.length + 1]).toContain(found.length);
        expect(found.map(({ request }) => request)).toEqual(
          ['r0', 'r1', 'r2', 'r3', 'r4'].slice(0, found.length),
        );
      }),
      { numRuns: 15 },
    );
  });

  it('is made of lines that their schema allows (S9)', async () => {
    await using folder = await temporaryFolder();
    await using log = openLog(folder.path, {}, { buffer: { rows: 2 } });
    for (let i = 0; i < 4; i++)
      log.observer.answered(
        answer(classifier, {
          requestId: `r${i}`,
          ...(i === 1 ? ({ role: 'variant', variant: 'b' } as const) : {}),
        }),
      );
    await log.of('heart')!.answers.flush();
    log.observer.answered(answer(version(), {}));
    await log.of('heart')!.answers.flush();
    await log.of('heart')!.labels.add([label('r0', 0, 'no', start)]);
    const schema = JSON.parse(
      await readFile(new URL('../../../schemas/prediction-log.schema.json', import.meta.url), 'utf8'),
    );
    const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
    const lines = await linesIn(folder.path);
    expect(new Set(lines.map(({ kind }) => kind))).toEqual(new Set(['version', 'answer', 'gap', 'label']));
    for (const line of lines) expect(validate(line) ? [] : validate.errors).toEqual([]);
  });
});
