import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { contextNames, loadPipeline } from '../../src/pipeline/index.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const text = readFileSync(path.join(root, 'docs/pipeline-file.md'), 'utf8');

describe('the reference of the pipeline file', () => {
  it('names every context of expressions', () => {
    const rows = [...text.matchAll(/^\| `([a-z]+)[.`]/gm)].map((match) => match[1]!);
    for (const context of contextNames) expect(rows).toContain(context);
  });

  it('begins with an example that holds no mistake', async () => {
    const example = /```yaml\n([\s\S]*?)```/.exec(text)![1]!;
    const file = path.join(root, 'pipelines/heart-disease/pipeline.yaml');
    const readFileOf = async (wanted: string): Promise<Uint8Array> =>
      wanted === file ? new TextEncoder().encode(example) : await readFile(wanted);
    expect(await loadPipeline({ root, file, readFile: readFileOf })).toMatchObject({ ok: true });
  });
});
