import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { Case, Reference } from '../evaluate/cases.ts';
import { generateCases } from '../evaluate/cases.ts';
import { compareWithReference } from '../evaluate/reference.ts';
import { runPython } from './run-python.ts';

const golden = new URL('../evaluate/golden/metrics.json', import.meta.url);

async function referencesOf(cases: readonly Case[]): Promise<readonly Reference[]> {
  return JSON.parse(await runPython('metrics_reference.py', JSON.stringify(cases))) as Reference[];
}

test('metrics and curves equal those of scikit-learn to 1e-9 on thousands of samples (V1)', async () => {
  const cases = generateCases(3000, 20261121);
  const references = await referencesOf(cases);
  expect(references).toHaveLength(cases.length);
  let worst = 0;
  for (const [i, one] of cases.entries()) {
    const distance = compareWithReference(one, references[i]!);
    expect(distance, `case ${i}: ${JSON.stringify(one)}`).toBeLessThanOrEqual(1e-9);
    worst = Math.max(worst, distance);
  }
  process.stdout.write(`largest distance from scikit-learn over ${cases.length} samples: ${worst}\n`);
});

/** To write the file anew: `TRAINYARD_WRITE_GOLDEN=1 npm run test:python -- test/python/evaluate.test.ts`. */
test('the golden file that the fast tests use is what scikit-learn says', async () => {
  if (process.env['TRAINYARD_WRITE_GOLDEN'] === '1') {
    const cases = generateCases(200, 7).filter((one) => one.truth.length <= 30);
    const references = await referencesOf(cases);
    const lines = cases.map((one, i) => JSON.stringify({ case: one, reference: references[i] }));
    await writeFile(golden, `[\n${lines.join(',\n')}\n]\n`);
  }
  const kept = JSON.parse(await readFile(golden, 'utf8')) as { case: Case; reference: Reference }[];
  expect(await referencesOf(kept.map((one) => one.case))).toEqual(kept.map(({ reference }) => reference));
});
