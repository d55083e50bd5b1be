import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { placed, servingPlan } from '../../src/commands/serving-plan.ts';

describe('what is to be served', () => {
  it('says of a folder without a servable that it is one', async () => {
    const cwd = await mkdtemp(join(tmpdir(), 'trainyard-folder-'));
    try {
      const world = { cwd, registry: () => Promise.reject(new Error('nobody has to ask it')) };
      for (const reference of ['.', './', cwd]) {
        const plan = await servingPlan([reference], world);
        expect(plan.ok ? [] : plan.failure.map(({ code }) => code)).toEqual([
          'commands-folder-without-model',
        ]);
      }
    } finally {
      await rm(cwd, { recursive: true, force: true });
    }
  });

  it('says where a mistake stands', () => {
    const message = '`shadow` must be a list';
    expect(placed({ message, place: { file: 'pipelines/a/pipeline.yaml', line: 62, column: 11 } })).toBe(
      'pipelines/a/pipeline.yaml:62:11: `shadow` must be a list',
    );
    expect(placed({ message })).toBe(message);
  });
});
