import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readPairs } from './command-files.ts';
import { StepLog } from './log.ts';
import { Masks } from './masks.ts';

function newLog(masks: Masks = new Masks()): { log: StepLog; outputs: Record<string, string> } {
  const outputs: Record<string, string> = {};
  const log = new StepLog(masks, {
    setOutput: (name, value) => {
      outputs[name] = value;
    },
    saveState: () => undefined,
  });
  return { log, outputs };
}

describe('a mask', () => {
  test('hides every line of a secret of several lines', () => {
    const masks = new Masks();
    masks.add('-----BEGIN KEY-----\nabcdef\n\nghijkl\n');
    expect(masks.hide('cat key: abcdef and ghijkl')).toBe('cat key: *** and ***');
    expect(masks.hide('nothing here')).toBe('nothing here');
  });

  test('hides the forms in which programs write it', () => {
    const masks = new Masks();
    const secret = 'pass"word & more';
    masks.add(secret);
    for (const form of [
      JSON.stringify({ secret }),
      `https://x/?q=${encodeURIComponent(secret)}`,
      Buffer.from(`user:${secret}`).toString('base64'),
      Buffer.from(secret).toString('base64'),
    ]) {
      expect(masks.hide(form), form).toContain('***');
    }
  });

  test('hides the longer of two that begin alike whole', () => {
    const masks = new Masks();
    masks.add('abc');
    masks.add('abcdef');
    expect(masks.hide('abcdefg abc')).toBe('***g ***');
  });
});

describe('a line of a log', () => {
  test('that is a command makes an annotation with its place', () => {
    const { log } = newLog();
    log.line('::error file=a%2Cb.csv,line=3,col=5,endLine=4,title=Bad%3A row::one%0Atwo %25');
    expect(log.annotations).toEqual([
      {
        level: 'error',
        message: 'one\ntwo %',
        title: 'Bad: row',
        file: 'a,b.csv',
        line: 3,
        endLine: 4,
        column: 5,
      },
    ]);
  });

  test('makes no more than ten annotations of a level', () => {
    const { log } = newLog();
    for (let i = 0; i < 15; i++) log.line(`::warning::number ${i}`);
    log.line('::error::still shown');
    expect(log.annotations).toHaveLength(11);
    expect(log.annotationsDropped).toBe(5);
  });

  test('hides what add-mask named, from there on', () => {
    const { log } = newLog();
    log.line('hunter2');
    log.line('::add-mask::hunter2');
    log.line('it is hunter2');
    log.line('::error::hunter2 leaked');
    expect(log.text()).toBe('hunter2\n::add-mask::***\nit is ***\n##[error]*** leaked\n');
    expect(log.annotations[0]!.message).toBe('*** leaked');
  });

  test('is no command between stop-commands and its token', () => {
    const { log } = newLog();
    for (const line of ['::stop-commands::t0k', '::error::no', '::t0k::', '::error::yes']) log.line(line);
    expect(log.annotations.map(({ message }) => message)).toEqual(['yes']);
  });

  test('with a command of old is obeyed or refused as GitHub does', () => {
    const { log, outputs } = newLog();
    log.line('::set-output name=a::1');
    log.line('::set-env name=PATH::/evil');
    log.line('::unknown thing::x');
    expect(outputs).toEqual({ a: '1' });
    expect(log.annotations.map(({ level }) => level)).toEqual(['warning', 'error']);
    expect(log.text()).toContain('::unknown thing::x');
  });
});

describe('a file that a step fills', () => {
  function pairs(text: string): [string, string][] {
    const folder = mkdtempSync(join(tmpdir(), 'trainyard-pairs-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'f'), text);
    return readPairs(join(folder, 'f'));
  }

  test('has pairs, and values of several lines between delimiters', () => {
    expect(pairs('a=1\n\nb<<END\nx=1\ny<<z\n\nEND\nc==<<\nd=\n')).toEqual([
      ['a', '1'],
      ['b', 'x=1\ny<<z\n'],
      ['c', '=<<'],
      ['d', ''],
    ]);
  });

  test.each([
    ['no pair', /Invalid format 'no pair'/],
    ['=x', /Name must not be empty/],
    ['a<<', /delimiter must not be empty/],
    ['a<<END\nx\nENDE\n', /Matching delimiter not found 'END'/],
  ])('is refused: %s', (text, why) => {
    expect(() => pairs(text)).toThrow(why);
  });
});
