import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mlserverCases } from './mlserver-cases.ts';
import { mixedModel, sumModel, textModel } from './protocol-models.ts';
import type { ProtocolServer } from './protocol-server.ts';
import { startProtocol } from './protocol-server.ts';
import type { PublicCase } from './public-case.ts';
import { countCases } from './public-case.ts';
import { tritonCases } from './triton-cases.ts';

let server: ProtocolServer;

beforeAll(async () => {
  const wide = { width: 8, type: 'float' } as const;
  server = await startProtocol({
    models: [
      await sumModel('wide', wide),
      await textModel('text', ['427'], 1),
      await textModel('texts', ['427'], 2),
      await mixedModel('mixed'),
      await sumModel('busy', wide),
    ],
    limits: { maxBytes: 65_536 },
    busy: 'busy',
  });
});

afterAll(() => server[Symbol.asyncDispose]());

const suites: Readonly<Record<string, readonly PublicCase[]>> = {
  'Triton qa/L0_http': tritonCases,
  'MLServer tests/rest': mlserverCases,
};

describe.each(Object.entries(suites))('S1: %s, told in our words', (suite, cases) => {
  it.each(cases.filter(({ run }) => run !== undefined))('$file: $name', ({ run }) => run!(server));

  it('says of every case that is not run why it does not apply', () => {
    for (const { run, without } of cases) expect(run === undefined).toBe(without !== undefined);
  });

  it('is counted in the documentation', async () => {
    const { all, run, without, differing } = countCases(cases);
    const line = `| ${suite} | ${all} | ${run} | ${differing} | ${without} |`;
    process.stdout.write(
      `${suite}: ${all} cases, ${run} apply and pass (${differing} differ on purpose), ${without} do not apply\n`,
    );
    expect(await readFile('docs/open-inference-protocol.md', 'utf8')).toContain(line);
  });
});
