import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { until } from '../rig/started-server.ts';
import { FolderForge, Runner } from './index.ts';
import { conclusions, runOnce } from './once.ts';

const workflow = (concurrency: string): string => `
name: w
on: push
permissions: { contents: read }
concurrency: ${concurrency}
jobs: { one: { runs-on: ubuntu-latest, steps: [{ run: 'while [ ! -f "$GATE" ]; do sleep 0.05; done' }] } }
`;

/** Three pushes while the first one's job still works. */
async function threePushes(concurrency: string): Promise<(string | undefined)[]> {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-gate-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const gate = join(folder, 'open');
  await using forge = await FolderForge.start({ '.github/workflows/w.yml': workflow(concurrency) });
  await using runner = new Runner({ forge, machines: 3, graceMs: [50, 50], environment: { GATE: gate } });
  for (const count of [1, 2, 3]) {
    forge.push({ a: String(count) });
    const asked = (): number => forge.runs.filter(({ status }) => status === 'queued').length;
    await until(asked, (number) => number === count);
    if (count === 1)
      await until(
        () => forge.issued.length,
        (jobs) => jobs === 1,
      );
  }
  writeFileSync(gate, '');
  return (await runner.idle()).map(({ conclusion }) => conclusion);
}

describe('a concurrency group', () => {
  test('keeps one waiting, and a newer one takes its place', async () => {
    expect(await threePushes('deploy')).toEqual(['success', 'cancelled', 'success']);
  });

  test('may cancel what runs', async () => {
    const conclusions = await threePushes("{ group: '${{ github.ref }}', cancel-in-progress: true }");
    expect(conclusions).toEqual(['cancelled', 'cancelled', 'success']);
  });

  test('may keep all', async () => {
    expect(await threePushes('{ group: records, queue: max }')).toEqual(['success', 'success', 'success']);
  });

  test('of jobs holds within a run', async () => {
    const run = await runOnce(
      `
on: push
jobs:
  one: { concurrency: g, runs-on: ubuntu-latest, steps: [{ run: 'sleep 0.1' }] }
  two: { concurrency: G, runs-on: ubuntu-latest, steps: [{ run: 'sleep 0.1' }] }
  three: { concurrency: g, runs-on: ubuntu-latest, steps: [{ run: 'sleep 0.1' }] }
`,
      {},
      { machines: 3 },
    );
    expect(conclusions(run)).toEqual({ one: 'success', two: 'cancelled', three: 'success' });
  });
});

describe('an environment', () => {
  const deploy = `
name: deploy
on: push
permissions: { contents: read }
jobs:
  deploy:
    environment: production
    runs-on: ubuntu-latest
    steps: [{ env: { KEY: '\${{ secrets.KEY }}' }, run: 'test "$KEY" = from-environment && test "\${{ vars.PLACE }}" = moon' }]
`;

  test('gives its secrets and variables once it is approved', async () => {
    await using forge = await FolderForge.start({ '.github/workflows/w.yml': deploy });
    const asked: string[] = [];
    await using runner = new Runner({
      forge,
      secrets: { KEY: 'from-repository' },
      variables: { PLACE: 'earth' },
      environments: {
        production: {
          secrets: { KEY: 'from-environment' },
          variables: { PLACE: 'moon' },
          protection: async ({ environment, job }) => {
            asked.push(`${job} to ${environment}`);
            return asked.length === 1 ? 'approved' : 'rejected';
          },
        },
      },
    });
    forge.push({ a: '1' });
    await runner.idle();
    forge.push({ a: '2' });
    const runs = await runner.idle();
    expect(runs.map(({ conclusion }) => conclusion)).toEqual(['success', 'failure']);
    expect(asked).toEqual(['deploy to production', 'deploy to production']);
    expect(forge.deployments.map(({ state }) => state)).toEqual([
      'waiting',
      'in_progress',
      'success',
      'waiting',
      'failure',
    ]);
  });

  test('refuses branches that may not deploy', async () => {
    const run = await runOnce(deploy, {}, { environments: { production: { branches: ['release/**'] } } });
    expect(run.conclusion).toBe('failure');
    expect(run.jobs[0]!.annotations[0]!.message).toContain(
      'Branch "main" is not allowed to deploy to production',
    );
  });
});

test('a run that somebody cancels ends its steps, skips the rest, and lets always() work', async () => {
  await using forge = await FolderForge.start({
    '.github/workflows/w.yml': `
name: w
on: push
permissions: { contents: read }
jobs:
  one: { runs-on: ubuntu-latest, steps: [{ run: sleep 30 }, { run: 'true' }, { if: cancelled(), run: echo told }] }
  two: { needs: one, runs-on: ubuntu-latest, steps: [{ run: 'true' }] }
  tidy: { needs: two, if: always(), runs-on: ubuntu-latest, steps: [{ run: 'true' }] }
`,
  });
  await using runner = new Runner({ forge, graceMs: [100, 100] });
  forge.push({ a: '1' });
  await until(
    () => forge.issued.length,
    (jobs) => jobs === 1,
  );
  runner.cancel(runner.runs[0]!.id);
  const [run] = await runner.idle();
  expect(run!.conclusion).toBe('cancelled');
  expect(conclusions(run!)).toEqual({ one: 'cancelled', two: 'cancelled', tidy: 'success' });
  expect(run!.jobs[0]!.steps.map(({ conclusion }) => conclusion)).toEqual([
    'cancelled',
    'skipped',
    'success',
  ]);
});
