import { readFileSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { checkFiles } from '../../src/pipeline/index.ts';
import { renderDiagnostics } from '../../src/report/index.ts';

/**
 * One folder is one case: `pipeline.yaml` (and files beside it) laid over `golden-common`, and `expected.txt` with
 * what `trainyard check` says of it. `UPDATE_GOLDEN=1` writes the latter anew; read the difference before committing.
 */
const golden = fileURLToPath(new URL('./golden/', import.meta.url));
const common = fileURLToPath(new URL('./golden-common/', import.meta.url));
const cases = (await readdir(golden)).sort();
const roots: string[] = [];

afterEach(async () => {
  for (const root of roots.splice(0)) await rm(root, { recursive: true });
});

async function checked(name: string): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'trainyard-golden-'));
  roots.push(root);
  await cp(common, root, { recursive: true });
  const folder = path.join(root, 'pipelines/demo');
  await cp(path.join(golden, name), folder, { recursive: true });
  await rm(path.join(folder, 'expected.txt'), { force: true });
  const failures = await checkFiles({ root, files: ['pipelines/demo/pipeline.yaml', 'trainyard.yaml'] });
  const textOf = (file: string): string => readFileSync(path.join(root, file), 'utf8');
  return renderDiagnostics(failures, { textOf, width: 100 });
}

describe('checking a pipeline file', () => {
  it.each(cases)('says what is expected of %s', async (name) => {
    const file = path.join(golden, name, 'expected.txt');
    const text = await checked(name);
    if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(file, text);
    expect(text).toBe(await readFile(file, 'utf8'));
  });

  it('finds five mistakes at five places of one file', async () => {
    const text = await checked('five-mistakes');
    expect(text.match(/╭─▸ pipelines\/demo\/pipeline\.yaml:\d+:\d+/g)).toHaveLength(5);
  });
});
