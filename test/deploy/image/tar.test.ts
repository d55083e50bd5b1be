import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { tarOf } from '../../../src/deploy/image/tar.ts';

const bytes = (text: string): Buffer => Buffer.from(text);

it('writes what tar reads: owned by root, readable for everybody, of the given time, folders before files', () => {
  const long = `app/${'a'.repeat(90)}/${'b'.repeat(90)}`;
  const archive = tarOf(
    [
      { path: 'app/x.txt', bytes: bytes('hello') },
      { path: long, bytes: bytes('') },
    ],
    86_400,
  );
  const list = execFileSync('tar', ['-tvf', '-', '--full-time', '--numeric-owner', '--utc'], {
    input: archive,
  });
  const lines = list.toString().trim().split('\n');
  expect(lines.map((line) => line.replace(/\s+/g, ' '))).toEqual([
    'drwxr-xr-x 0/0 0 1970-01-02 00:00:00 app/',
    `drwxr-xr-x 0/0 0 1970-01-02 00:00:00 app/${'a'.repeat(90)}/`,
    `-rw-r--r-- 0/0 0 1970-01-02 00:00:00 ${long}`,
    '-rw-r--r-- 0/0 5 1970-01-02 00:00:00 app/x.txt',
  ]);
});

it('gives the bytes back, and the same archive for the same entries in any order', () => {
  const path = fc
    .array(fc.string({ unit: fc.constantFrom(...'abcXYZ-_.9'), minLength: 1, maxLength: 12 }), {
      minLength: 1,
      maxLength: 4,
    })
    .map((parts) => parts.map((part) => `f${part}`).join('/'));
  const entries = fc.uniqueArray(fc.tuple(path, fc.uint8Array({ maxLength: 1500 })), {
    maxLength: 6,
    // A file is no folder at the same time.
    comparator: ([a], [b]) => a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`),
  });
  fc.assert(
    fc.property(entries, (pairs) => {
      const files = pairs.map(([path, bytes]) => ({ path, bytes }));
      const archive = tarOf(files, 0);
      expect(tarOf([...files].reverse(), 0).equals(archive)).toBe(true);
      const folder = mkdtempSync(join(tmpdir(), 'trainyard-tar-'));
      execFileSync('tar', ['-xf', '-', '-C', folder], { input: archive });
      for (const { path, bytes } of files) expect(readFileSync(join(folder, path)).equals(bytes)).toBe(true);
      rmSync(folder, { recursive: true });
    }),
    { numRuns: 20 },
  );
});

it('throws for a path that no archive can hold: a bug of whoever names it', () => {
  expect(() => tarOf([{ path: 'x'.repeat(101), bytes: bytes('') }], 0)).toThrow('too long');
});
