import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readServingPlan } from '../../src/serve/read-plan.ts';

it.each([
  ['vision/cats', undefined],
  ['../elsewhere', 'serve-plan'],
  ['a\u0000', 'serve-plan'],
  [5, 'serve-plan'],
])('a plan from elsewhere with a model %j is read with %s', async (model, code) => {
  const root = await mkdtemp(join(tmpdir(), 'trainyard-plan-'));
  try {
    const file = join(root, 'plan.json');
    const planned = { model, versions: [], served: 'v1.0.0', shadows: [] };
    await writeFile(file, JSON.stringify({ version: 1, models: [planned] }));
    const plan = await readServingPlan(root);
    expect(plan.ok ? undefined : plan.failure.code).toBe(code);
  } finally {
    await rm(root, { recursive: true });
  }
});
