import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesOfGlob } from '../../src/pipeline/plan/glob.ts';

describe('patterns of files', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-glob-'));
  beforeAll(() => {
    for (const file of [
      'a.txt',
      'b.csv',
      'x[1].csv',
      'x1.csv',
      '.hidden',
      'src/m.py',
      'src/deep/n.py',
      'src/.secret/o.py',
    ]) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), file);
    }
    symlinkSync('.', path.join(folder, 'src/circle'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('match names, folders, sets and alternatives, and leave hidden files alone', () => {
    expect(filesOfGlob(folder, '*.txt')).toEqual(['a.txt']);
    expect(filesOfGlob(folder, '{a.txt,b.*}')).toEqual(['a.txt', 'b.csv']);
    expect(filesOfGlob(folder, '**/*.py')).toEqual(['src/deep/n.py', 'src/m.py']);
    expect(filesOfGlob(folder, 'src/**')).toEqual(['src/deep/n.py', 'src/m.py']);
    expect(filesOfGlob(folder, '[!a].csv')).toEqual(['b.csv']);
    expect(filesOfGlob(folder, '.hid*')).toEqual(['.hidden']);
  });

  it('mean the file that is named like them', () => {
    expect(filesOfGlob(folder, 'x[1].csv')).toEqual(['x[1].csv']);
  });

  it('end soon, whatever they are', () => {
    expect(filesOfGlob(folder, `${'*'.repeat(200)}x`)).toEqual([]);
    expect(filesOfGlob(folder, `${'*a'.repeat(200)}x`)).toEqual([]);
    expect(filesOfGlob(folder, '{a,b}'.repeat(30))).toEqual([]);
    expect(filesOfGlob(folder, `${'**/a/'.repeat(40)}**`)).toEqual([]);
    expect(filesOfGlob(folder, '[z-a].txt')).toEqual([]);
    expect(filesOfGlob(folder, '\0*')).toEqual([]);
    expect(filesOfGlob(folder, `${'n'.repeat(5000)}/*`)).toEqual([]);
  });
});
