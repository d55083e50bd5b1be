import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resolveSources } from '../../src/data/index.ts';

let top: string;
let root: string;

beforeAll(async () => {
  top = await mkdtemp(join(tmpdir(), 'sources-'));
  root = join(top, 'repo [1]*');
  for (const path of [
    'data/b.csv',
    'data/a.csv',
    'data/Z.csv',
    'data/sub/deep/c.csv',
    'data/.hidden.csv',
    'data/x[1].csv',
  ]) {
    await write(join(root, path));
  }
  await write(join(top, 'outside.csv'));
  await write(join(top, 'repo [1]*-twin', 'data', 'a.csv'));
  await symlink(join(top, 'outside.csv'), join(root, 'data', 'leak.tsv'));
  await symlink(top, join(root, 'up'));
  await symlink('a.csv', join(root, 'data', 'link.csv.here'));
  await symlink(join(root, 'data'), join(root, 'data', 'sub', 'circle'));
});

afterAll(() => rm(top, { recursive: true }));

async function write(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, 'a\n1\n');
}

async function paths(pattern: string): Promise<readonly string[] | string> {
  const found = await resolveSources(root, pattern);
  return found.ok ? found.value.map((file) => file.path) : found.failure.code;
}

test.each([
  ['data/*.csv', ['data/Z.csv', 'data/a.csv', 'data/b.csv', 'data/x[1].csv']],
  ['data/[ab].csv', ['data/a.csv', 'data/b.csv']],
  ['data/[!a-z].csv', ['data/Z.csv']],
  ['data/?.csv', ['data/Z.csv', 'data/a.csv', 'data/b.csv']],
  ['./data//a.csv', ['data/a.csv']],
  ['data/sub/../a.csv', ['data/a.csv']],
  ['data/**/c.csv', ['data/sub/deep/c.csv']],
  ['**/*.csv', ['data/Z.csv', 'data/a.csv', 'data/b.csv', 'data/sub/deep/c.csv', 'data/x[1].csv']],
  ['data/sub/**', ['data/sub/deep/c.csv']],
  ['data/{b,{a,Z}}.csv', ['data/Z.csv', 'data/a.csv', 'data/b.csv']],
  ['{data/a,data/sub/deep/c,data/a}.csv', ['data/a.csv', 'data/sub/deep/c.csv']],
  ['data/.*.csv', ['data/.hidden.csv']],
  ['data/x[1].csv', ['data/x[1].csv']],
  ['data/link.csv.here', ['data/link.csv.here']],
])('%s gives its files in one order', async (pattern, expected) => {
  expect(await paths(pattern)).toEqual(expected);
  expect(await paths(join(root, pattern))).toEqual(expected);
});

test.each([
  '../outside.csv',
  '{../outside,data/a}.csv',
  'data/{..}/{..,b}/outside.csv',
  '/etc/passwd',
  'data/../../outside.csv',
  '..',
  '../repo [1]*-twin/data/a.csv',
  'data/leak.tsv',
  'data/*.tsv',
  'up/outside.csv',
  'up/*.csv',
])('%s is refused, since it leads out of the repository', async (pattern) => {
  expect(await paths(pattern)).toBe('data-path-outside');
});

test('a path that matches nothing names what exists and is nearest', async () => {
  const missing = await resolveSources(root, 'data/sub/deap/c.csv');
  expect(missing).toMatchObject({
    ok: false,
    failure: { code: 'data-no-files', kind: 'input', remedy: 'Did you mean data/sub/deep?' },
  });
  expect(await paths('data')).toBe('data-no-files');
  expect(await paths('nothing/like/it*')).toBe('data-no-files');
});

test('a path of the whole machine that matches nothing is named as it is, and so is what is nearest', async () => {
  expect(await resolveSources('/', join(root, 'data/sub/deap/c.csv'))).toMatchObject({
    ok: false,
    failure: {
      message: `no file matches ${join(root, 'data/sub/deap/c.csv')}`,
      remedy: `Did you mean ${join(root, 'data/sub/deep')}?`,
    },
  });
});

test('no pattern throws, hangs, or finds a file outside', async () => {
  const part = fc.string({
    unit: fc.constantFrom(
      '{',
      ',',
      '}',
      '*',
      '?',
      '[',
      ']',
      '!',
      '-',
      'a',
      '.',
      '/',
      '\\',
      'é',
      'c',
      's',
      'v',
    ),
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(part, async (pattern) => {
      const found = await resolveSources(root, pattern);
      if (found.ok) expect(found.value.every((file) => !file.path.startsWith('..'))).toBe(true);
    }),
    { numRuns: 200 },
  );
  expect(await paths(`${'{a,b}'.repeat(40)}`)).toBe('data-no-files');
  expect(await paths(`${'**/'.repeat(40)}z`)).toBe('data-no-files');
  expect(await paths(`data/${'*a'.repeat(60)}*`)).toBe('data-no-files');
});
