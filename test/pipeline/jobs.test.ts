import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { groupSteps, handOverResults, openLocalState, takeResults } from '../../src/pipeline/index.ts';
import type { Rig } from './rig.ts';
import { environment, openRig, value } from './rig.ts';

const pipeline = `version: 1
name: p
steps:
  a: { run: echo 1 > "$TRAINYARD_OUT/a", outs: { a: a } }
  b:
    needs: a
    runs-on: [self-hosted, gpu]
    run: test "$KEY" = k && cat "$TRAINYARD_IN_A_A" "$TRAINYARD_IN_A_A" > "$TRAINYARD_OUT/b"
    outs: { b: b }
    secrets: [KEY]
  c: { needs: b, run: cp "$TRAINYARD_IN_B_B" "$TRAINYARD_OUT/c", outs: { c: c } }
  d: { runs-on: gpu-large, run: exit 3 }
`;

const withKey = { ...environment, KEY: 'k' };

async function handOver(rig: Rig, only: readonly string[], folder: string, env = environment) {
  const run = await rig.run({ plan: { only, env }, env });
  const place = {
    folder,
    store: await rig.store(),
    state: openLocalState({ root: rig.root, now: Date.now }),
  };
  value(await handOverResults(run.outcome, { ...place, withBytes: true }));
  return run;
}

async function take(rig: Rig, folder: string) {
  const state = openLocalState({ root: rig.root, now: Date.now });
  return await takeResults({ folder, store: await rig.store(), state });
}

describe('a pipeline over several jobs', () => {
  it('is split by runner into waves, each of which needs only those before it (T4)', async () => {
    await using rig = await openRig(pipeline);
    const waves = groupSteps(value(await rig.plan({ env: withKey })).steps);
    expect(waves).toEqual([
      [
        { runsOn: [], steps: ['a'] },
        { runsOn: ['gpu-large'], steps: ['d'] },
      ],
      [{ runsOn: ['self-hosted', 'gpu'], steps: ['b'] }],
      [{ runsOn: [], steps: ['c'] }],
    ]);
  });

  it('hands results from job to job by digest, and the last one executes nothing again (T4)', async () => {
    await using first = await openRig(pipeline);
    await using second = await openRig(pipeline);
    await using third = await openRig(pipeline);
    const folder = path.join(first.root, 'handed');
    // Secrets of steps that others execute are not asked for.
    expect((await handOver(first, ['a'], folder)).statuses).toMatchObject({
      a: 'ran',
      b: 'skipped',
      c: 'skipped',
    });
    value(await take(second, folder));
    expect((await handOver(second, ['b'], folder, withKey)).statuses).toMatchObject({
      a: 'cached',
      b: 'ran',
    });
    value(await take(third, folder));
    const { statuses, outcome } = await third.run({ plan: { only: ['c'] } });
    expect(statuses).toMatchObject({ a: 'cached', b: 'cached', c: 'ran', d: 'skipped' });
    expect(outcome.status).toBe('succeeded');
    expect(await readFile(path.join(third.root, '.trainyard/out/p/c/c'), 'utf8')).toBe('1\n1\n');
  });

  it('says clearly that what another job makes is not here', async () => {
    await using rig = await openRig(pipeline);
    await rig.run({ plan: { only: ['a'] } });
    const { outcome } = await rig.run({ plan: { only: ['c'] } });
    expect(outcome.status).toBe('failed');
    const b = outcome.steps.find(({ id }) => id === 'b');
    expect(b?.failure).toMatchObject({
      code: 'pipeline-step-elsewhere',
      message: '`b` is for a job on self-hosted, gpu, and its result is not here',
    });
  });

  it('puts the failure of another job into the record of all', async () => {
    await using rig = await openRig(pipeline);
    await using last = await openRig(pipeline);
    const folder = path.join(rig.root, 'handed');
    await handOver(rig, ['d'], folder);
    const { failures } = value(await take(last, folder));
    const { outcome } = await last.run({ plan: { only: [] }, elsewhere: failures });
    expect(outcome.steps.find(({ id }) => id === 'd')?.failure).toMatchObject({
      code: 'pipeline-command-failed',
      message: 'The command ended with exit code 3',
    });
    expect(outcome.steps.every(({ attempts }) => attempts === 0)).toBe(true);
  });

  it('refuses bytes that are not what their name says, and files that are no results (T4)', async () => {
    await using rig = await openRig(pipeline);
    const folder = path.join(rig.root, 'handed');
    await handOver(rig, ['a'], folder);
    const [object] = await readdir(path.join(folder, 'objects'));
    await writeFile(path.join(folder, 'objects', object!), 'other');
    expect(await take(rig, folder)).toMatchObject({ failure: { code: 'pipeline-results-unusable' } });
    for (const [kind, name, text] of [
      ['steps', 'x.json', '{}'],
      ['steps', `${'0'.repeat(64)}.1.json`, '{"version":1}'],
      ['steps', `${'0'.repeat(64)}.json`, '{"version":1}'],
      ['steps', `${'0'.repeat(64)}.1e9.json`, '{"version":1}'],
      ['failures', `${'0'.repeat(64)}.json`, '{"version":1,"id":"a","failure":{}}'],
      ['failures', 'y.json', 'no JSON'],
    ] as const) {
      const other = path.join(rig.root, `other-${name}-${kind}`);
      await mkdir(path.join(other, kind), { recursive: true });
      await writeFile(path.join(other, kind, name), text);
      expect(await take(rig, other), name).toMatchObject({ failure: { code: 'pipeline-results-unusable' } });
    }
  });

  it('does not know a step that the pipeline does not have', async () => {
    await using rig = await openRig(pipeline);
    expect(await rig.plan({ only: ['z'], env: withKey })).toMatchObject({
      failure: [{ code: 'pipeline-step-unknown' }],
    });
  });
});
