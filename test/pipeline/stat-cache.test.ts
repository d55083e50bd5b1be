import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOfBytes } from '../../src/base/index.ts';
import { filesOfFolder, filesOfGlob } from '../../src/pipeline/plan/glob.ts';
import type { StatCache } from '../../src/pipeline/plan/stat-cache.ts';
import { openStatCache } from '../../src/pipeline/plan/stat-cache.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'trainyard-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const later = (): number => Date.now() + 60_000;
const open = (now: () => number = later): StatCache =>
  openStatCache({ file: path.join(root, 'cache/files.bin'), root, now });
const file = (name: string): string => path.join(root, name);

describe('digests of files', () => {
  it('are right whatever happens to the files between runs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('a', 'b/c', 'ü'), fc.string({ maxLength: 5 }), fc.boolean()), {
          maxLength: 12,
        }),
        async (changes) => {
          for (const [name, text, keepTime] of changes) {
            mkdirSync(path.dirname(file(name)), { recursive: true });
            const before = statSync(file(name), { throwIfNoEntry: false });
            writeFileSync(file(name), text);
            if (keepTime && before !== undefined) utimesSync(file(name), before.atime, before.mtime);
            const cache = open(Date.now);
            expect(cache.digest(file(name))).toMatchObject({ kind: 'file', digest: digestOfBytes(text) });
            await cache.save();
            expect(open(Date.now).digest(file(name))).toMatchObject({ digest: digestOfBytes(text) });
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('are remembered by size, times and inode, not worked out again', async () => {
    writeFileSync(file('a'), 'one');
    const cache = open();
    // Not what the bytes say: so it is seen whether they are read.
    const noted = digestOfBytes('noted');
    cache.note(file('a'), noted);
    await cache.save();
    expect(open().digest(file('a'))).toMatchObject({ digest: noted });
    appendFileSync(file('a'), '!');
    expect(open().digest(file('a'))).toMatchObject({ digest: digestOfBytes('one!') });
  });

  it('are not remembered of a file that has only just changed', async () => {
    writeFileSync(file('a'), 'one');
    const cache = open(() => statSync(file('a')).mtimeMs);
    cache.digest(file('a'));
    await cache.save();
    expect(statSync(file('cache/files.bin'), { throwIfNoEntry: false })).toBeUndefined();
  });

  it('survive a cache file that is damaged in any way', async () => {
    writeFileSync(file('a'), 'one');
    const cache = open();
    cache.digest(file('a'));
    await cache.save();
    const sound = readFileSync(file('cache/files.bin'));
    for (let length = 0; length < sound.length; length += 5) {
      writeFileSync(file('cache/files.bin'), sound.subarray(0, length));
      expect(open().digest(file('a'))).toMatchObject({ digest: digestOfBytes('one') });
    }
    writeFileSync(file('cache/files.bin'), Buffer.concat([Buffer.from('TYFILES1'), Buffer.alloc(40, 255)]));
    expect(open().digest(file('a'))).toMatchObject({ digest: digestOfBytes('one') });
  });

  it('say what is missing, and what is a folder', () => {
    mkdirSync(file('d'));
    writeFileSync(file('a'), '');
    expect(open().digest(file('d'))).toEqual({ kind: 'folder' });
    expect(open().digest(file('no'))).toEqual({ kind: 'missing' });
    expect(open().digest(file('a/b'))).toEqual({ kind: 'missing' });
  });
});

describe('globs of dependencies', () => {
  it('meet what a shell would meet, and nothing that tools leave behind', () => {
    for (const name of [
      'a.py',
      'b.txt',
      '.hidden',
      'src/c.py',
      'src/deep/d.py',
      'src/__pycache__/c.pyc',
      'x[1].txt',
    ]) {
      mkdirSync(path.dirname(file(name)), { recursive: true });
      writeFileSync(file(name), '');
    }
    expect(filesOfGlob(root, '*')).toEqual(['a.py', 'b.txt', 'x[1].txt']);
    expect(filesOfGlob(root, '**/*.py')).toEqual(['a.py', 'src/c.py', 'src/deep/d.py']);
    expect(filesOfGlob(root, 'src/**')).toEqual(['src/c.py', 'src/deep/d.py']);
    expect(filesOfGlob(root, '{a,b}.{py,txt}')).toEqual(['a.py', 'b.txt']);
    expect(filesOfGlob(root, '?.[pt]*')).toEqual(['a.py', 'b.txt'].filter((name) => /^.\.[pt]/.test(name)));
    expect(filesOfGlob(root, '.*')).toEqual(['.hidden']);
    expect(filesOfGlob(root, 'no/*')).toEqual([]);
    expect(filesOfFolder(path.join(root, 'src'))).toEqual(['c.py', 'deep/d.py']);
  });

  it('never fail, whatever the pattern', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab*?[]{},!^-/.\\'), maxLength: 12 }), (pattern) => {
        expect(Array.isArray(filesOfGlob(root, pattern))).toBe(true);
      }),
    );
  });
});
