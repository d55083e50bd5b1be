import { chmodSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Digest } from '../../src/base/index.ts';
import { describeReason, openLocalState, why } from '../../src/pipeline/index.ts';
import type { Rig } from './rig.ts';
import { openRig, value } from './rig.ts';

const pipeline = `
version: 1
name: p
params: { n: 1 }
steps:
  a: { run: 'echo made by a > "$TRAINYARD_OUT/a"', outs: { a: a }, params: [] }
  b: { needs: a, run: 'cat "$TRAINYARD_IN_A_A" > "$TRAINYARD_OUT/b"; echo b >> "$TRAINYARD_OUT/b"', outs: { b: b } }
`;

async function blobOf(rig: Rig, digest: Digest): Promise<string> {
  return (await rig.store()).path!(digest);
}

/** Other bytes of the same length; the times may be those of before. */
function damage(file: string): void {
  const { size } = statSync(file);
  chmodSync(file, 0o644);
  writeFileSync(file, 'X'.repeat(size));
}

describe('damage', () => {
  it('of a stored output is found before the run, reported, and mended by running the step again', async () => {
    await using rig = await openRig(pipeline);
    const first = await rig.run();
    damage(await blobOf(rig, first.outcome.steps[0]!.outputs[0]!.digest));
    const second = await rig.run();
    expect(second.events).toContainEqual({ kind: 'corrupted', step: 'a', output: 'a' });
    expect(second.statuses).toEqual({ a: 'ran', b: 'cached' });
    expect(second.outcome.steps[0]?.outputs).toEqual(first.outcome.steps[0]?.outputs);
    const [reason] = value(
      why(value(await rig.plan()), 'a', openLocalState({ root: rig.root, now: Date.now })),
    )[0]!.before;
    expect(describeReason(reason!)).toBe('its output a was damaged in the store');
  });

  it('that leaves size and times as they were is found when the bytes are read, and never used', async () => {
    await using rig = await openRig(pipeline);
    const first = await rig.run();
    const blob = await blobOf(rig, first.outcome.steps[0]!.outputs[0]!.digest);
    const plan = value(await rig.plan({ params: { n: '2' } }));
    expect(plan.steps.map(({ decision }) => decision.kind)).toEqual(['cached', 'run']);
    damage(blob);
    const state = openLocalState({ root: rig.root, now: Date.now });
    // As if the disk had lied: the memory of digests is told that nothing has changed.
    state.files.note(blob, first.outcome.steps[0]!.outputs[0]!.digest);
    await state.files.save();
    const second = await rig.run({ plan: { params: { n: '2' } } });
    expect(second.events).toContainEqual({ kind: 'corrupted', step: 'a', output: 'a' });
    expect(second.outcome.status).toBe('succeeded');
    expect(second.statuses).toEqual({ a: 'ran', b: 'ran' });
    expect(readFileSync(path.join(rig.root, '.trainyard/out/p/b/b'), 'utf8')).toBe('made by a\nb\n');
  });

  it('by somebody who deleted the store, the cache, or all of it costs time only', async () => {
    await using rig = await openRig(pipeline);
    const first = await rig.run();
    for (const lost of ['store', 'cache', 'out', 'cache/files.bin', 'cache/last', '']) {
      rmSync(path.join(rig.root, '.trainyard', lost), { recursive: true, force: true });
      const again = await rig.run();
      expect(again.outcome.status).toBe('succeeded');
      expect(again.outcome.steps.map(({ outputs }) => outputs)).toEqual(
        first.outcome.steps.map(({ outputs }) => outputs),
      );
      expect(readFileSync(path.join(rig.root, '.trainyard/out/p/b/b'), 'utf8')).toBe('made by a\nb\n');
    }
  });

  it('of cache entries and history is as if they were not there', async () => {
    await using rig = await openRig(pipeline);
    await rig.run();
    for (const text of ['', '{', '{"version":2}', 'null', '[]', '{"version":1,"fingerprint":"x"}\n{}']) {
      const files = await readdir(path.join(rig.root, '.trainyard/cache'), {
        recursive: true,
        withFileTypes: true,
      });
      for (const file of files) if (file.isFile()) writeFileSync(path.join(file.parentPath, file.name), text);
      expect((await rig.run()).statuses).toEqual({ a: 'ran', b: 'ran' });
    }
  });

  it('of what is laid out for people is mended by the next run', async () => {
    await using rig = await openRig(pipeline);
    await rig.run();
    const out = path.join(rig.root, '.trainyard/out/p/a/a');
    writeFileSync(out, 'changed');
    rmSync(path.join(rig.root, '.trainyard/out/p/b'), { recursive: true });
    await mkdir(path.join(rig.root, '.trainyard/out/p/gone'));
    expect((await rig.run()).statuses).toEqual({ a: 'cached', b: 'cached' });
    expect(readFileSync(out, 'utf8')).toBe('made by a\n');
    expect(await readdir(path.join(rig.root, '.trainyard/out/p'))).toEqual(['a', 'b']);
  });

  it('of leftovers of a killed run is swept, and those of a living one are left alone', async () => {
    await using rig = await openRig(pipeline);
    const work = path.join(rig.root, '.trainyard/work');
    for (const [name, pid] of [
      ['run-dead', 999_999_999],
      ['run-alive', process.pid],
    ] as const) {
      await mkdir(path.join(work, name, '1-a/out'), { recursive: true });
      const { identityOf } = await import('../../src/pipeline/run/owner.ts');
      writeFileSync(path.join(work, name, 'owner.json'), JSON.stringify({ ...identityOf(process.pid), pid }));
    }
    await mkdir(path.join(work, 'draft-new'));
    await mkdir(path.join(work, 'draft-old'));
    utimesSync(path.join(work, 'draft-old'), 1, 1);
    await rig.run();
    expect((await readdir(work)).sort()).toEqual(['draft-new', 'run-alive']);
  });
});

describe('a folder that cannot be written to', () => {
  it('is a failure that says so, not a bug', async () => {
    await using rig = await openRig(pipeline);
    await mkdir(path.join(rig.root, '.trainyard'));
    for (const part of ['lock', 'work', 'cache']) {
      rmSync(path.join(rig.root, '.trainyard', part), { recursive: true, force: true });
      writeFileSync(path.join(rig.root, '.trainyard', part), 'no folder');
      const { outcome } = await rig.run();
      expect(outcome.steps.map(({ status }) => status)).toEqual(['failed', 'skipped']);
      expect(outcome.steps[0]?.failure?.code).toBe('pipeline-folder-unusable');
      rmSync(path.join(rig.root, '.trainyard', part));
    }
    expect((await rig.run()).outcome.status).toBe('succeeded');
  });
});
