import { expect, it } from 'vitest';
import { readableLog } from '../../../src/serve/logs/server-log.ts';

it('shows a line for people that nothing from the network can break or colour', () => {
  const lines: string[] = [];
  const log = readableLog(
    (text) => lines.push(text),
    () => new Date(0),
    (_, text) => text,
  );
  const model = 'a\u001b[2J\r\n00:00:00 · all is well\u2028\u009b31m';
  log({
    level: 'info',
    event: 'request',
    message: `POST ${model}`,
    facts: { model, identity: `token:${model}` },
  });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^[^\p{Cc}\p{Zl}\p{Zp}]*\n$/u);
  expect(lines[0]).toContain('model=a [2J  00:00:00 · all is well');
});
