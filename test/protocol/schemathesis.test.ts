import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { mixedModel, sumModel } from '../serve/v2/protocol-models.ts';
import { startProtocol } from '../serve/v2/protocol-server.ts';
import { run } from './python.ts';

describe('S1, S11: Schemathesis', () => {
  it('finds nothing in whatever /openapi.json describes: examples, edges, random requests, chains of them', async () => {
    await using server = await startProtocol({
      models: [
        await mixedModel('mixed'),
        await sumModel('sum', { width: 3, contract: { required: true, minimum: -1e6, maximum: 1e6 } }),
      ],
    });
    const config = fileURLToPath(new URL('schemathesis.toml', import.meta.url));
    const { code, output } = await run('schemathesis', [
      '--config-file',
      config,
      'run',
      `${server.url}/openapi.json`,
      ...['--max-examples', '20', '--max-time', '60', '--seed', '1', '--workers', '1'],
      ...['--warnings', 'off', '--no-color', '--continue-on-failure', '--generation-database', 'none'],
    ]);
    const summary = /Test cases:\n\s+(.*)\n/.exec(output)?.[1] ?? 'no summary';
    process.stdout.write(`Schemathesis: ${summary}\n`);
    expect(code, output).toBe(0);
    expect(summary).toMatch(/^\d+ generated, \d+ passed/);
    const all = Number(/(\d+) generated/.exec(summary)?.[1]);
    expect(all).toBeGreaterThan(500);
    expect(await fetch(`${server.url}/v2/health/ready`).then(({ status }) => status)).toBe(200);
  });
});
