import { describe, expect, it } from 'vitest';
import type { Digest } from '../../../src/base/index.ts';
import { microsecondsOf } from '../../../src/contract/index.ts';
import type { AnswerLine } from '../../../src/serve/log/line.ts';
import { answerColumns } from '../../../src/serve/log/parquet/columns.ts';

const time = '2026-11-20T12:00:00.000Z';
const { columns } = answerColumns([
  {
    kind: 'version',
    v: 1,
    time,
    model: 'm',
    version: 'v1.0.0',
    digest: 'sha256:0' as Digest,
    columns: [{ name: 'seen', type: 'timestamp' }],
    personal: 'drop',
  },
]);

function written(seen: unknown): unknown {
  const input = columns
    .find(({ name }) => name === 'input')!
    .read({ input: { seen } } as unknown as AnswerLine);
  return (input as { seen: unknown }).seen;
}

describe('times of requests in Parquet', () => {
  it.each([
    '2026-11-20T12:00:00Z',
    '2026-11-20 12:00:00.1',
    '2026-11-20T12:00:00.123456789+01:00',
    '0050-01-01 00:00:00Z',
    '0050-01-01 00:00:00.123456-13:30',
  ])('%s is the moment that the contract means', (text) => {
    expect(written(text)).toBe(microsecondsOf(text));
  });

  it.each(['soon', '2026-02-30T00:00:00Z', 7, null])('%s is missing', (value) => {
    expect(written(value)).toBeNull();
  });
});
