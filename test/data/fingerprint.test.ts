import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digestOfBytes } from '../../src/base/index.ts';
import { datasetFingerprint, digestFile } from '../../src/data/index.ts';

const [one, two] = [digestOfBytes('one'), digestOfBytes('two')];
const base = {
  files: [
    { path: 'data/a.csv', digest: one },
    { path: 'data/b.csv', digest: two },
  ],
  columns: [
    { name: 'x', type: 'number' as const },
    { name: 'y', type: 'integer' as const },
  ],
  rows: 10,
};

test('D3: the fingerprint does not depend on the order in which files are given, nor on the folder', () => {
  const same = datasetFingerprint(base);
  expect(datasetFingerprint({ ...base, files: [...base.files].reverse() })).toBe(same);
  const moved = base.files.map((file) => ({ ...file, path: file.path.replace('data/', 'elsewhere/') }));
  expect(datasetFingerprint({ ...base, files: moved })).toBe(same);
});

test('D3: bytes, their order, columns, types and rows each change the fingerprint', () => {
  const swapped = [
    { path: 'data/a.csv', digest: two },
    { path: 'data/b.csv', digest: one },
  ];
  const others = [
    base,
    { ...base, files: base.files.slice(1) },
    { ...base, files: [...base.files, { path: 'data/c.csv', digest: two }] },
    { ...base, files: swapped },
    { ...base, columns: [...base.columns].reverse() },
    { ...base, columns: [{ name: 'x', type: 'integer' as const }, base.columns[1]!] },
    { ...base, rows: 11 },
  ].map(datasetFingerprint);
  expect(new Set(others).size).toBe(others.length);
});

test('a file is digested as a stream', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'digest-'));
  const bytes = Buffer.alloc(3_000_001, 'trainyard');
  await writeFile(join(folder, 'file'), bytes);
  expect(await digestFile(join(folder, 'file'))).toBe(
    `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
  );
  await rm(folder, { recursive: true });
});
