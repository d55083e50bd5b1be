import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText, splitLines } from '../../src/pipeline/run/lines.ts';
import { makeMask } from '../../src/pipeline/run/mask.ts';

/** Lines of the bytes, cut in chunks at the given places, with a flush after each chunk where asked. */
function linesOf(
  text: string,
  options: { secrets?: string[]; cuts?: number[]; flush?: boolean; limit?: number } = {},
): string[] {
  const lines: string[] = [];
  const { secrets = [], cuts = [], flush = false, limit } = options;
  const splitter = splitLines({
    mask: makeMask(secrets),
    onLine: (line) => lines.push(line),
    ...(limit === undefined ? {} : { limit }),
  });
  const bytes = Buffer.from(text, 'utf8');
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let start = 0;
  for (const end of [...ends, bytes.length]) {
    splitter.write(bytes.subarray(start, end));
    if (flush) splitter.flush();
    start = end;
  }
  splitter.end();
  return lines;
}

const printable = fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => text.replace(/\p{C}/gu, ''));

describe('output of a step', () => {
  it('is the same lines wherever the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(printable, { maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 10 }),
        (lines, cuts) => {
          expect(linesOf(lines.map((line) => `${line}\n`).join(''), { cuts })).toEqual(lines);
        },
      ),
    );
  });

  it('never shows a secret, wherever it is cut and flushed (P5)', () => {
    const secret = fc
      .string({ minLength: 4, maxLength: 20 })
      .filter((text) => !/[*\n\r]|\p{C}/u.test(text) && text.trim() === text);
    fc.assert(
      fc.property(
        secret,
        printable,
        printable,
        fc.array(fc.nat(), { maxLength: 8 }),
        (hidden, before, after, cuts) => {
          const base64 = Buffer.from(`u:${hidden}`).toString('base64');
          const text = `${before}${hidden}${after}\n${encodeURIComponent(hidden)}\n${JSON.stringify({ a: hidden })}\n${base64}`;
          const shown = linesOf(text, { secrets: [hidden], cuts, flush: true }).join('');
          const rest = linesOf(`${before}${after}`).join('');
          if (!rest.includes(hidden)) expect(shown).not.toContain(hidden);
          if (hidden.length >= 8) expect(shown).not.toContain(base64.slice(4, 12));
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('hides each line of a secret of many lines, and secrets that hold others as a whole', () => {
    const mask = makeMask(['-----BEGIN KEY-----\nabcd1234\n}\n', 'pass', 'password']);
    expect(mask.hide('x abcd1234 y')).toBe('x *** y');
    expect(mask.hide('{ } password pass')).toBe('{ } *** ***');
  });

  it('shows what a terminal would show at the end of each line, without colours and control characters', () => {
    expect(plainText('\x1b[31mred\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07\x07')).toBe('red link');
    expect(linesOf('10 %\r50 %\r100 %\r\nnext\r\n')).toEqual(['100 %', 'next']);
    expect(linesOf('a\x1b[3', { flush: true }).concat(linesOf('1mb', { flush: true }))).toEqual([
      'a3',
      '1mb',
    ]);
    const secrets = ['topsecret'];
    expect(linesOf('top\x1b[1msecret', { secrets })).toEqual(['***']);
  });

  it('cuts lines that never end, in bounded memory', () => {
    const endless = `${'x'.repeat(300_000)}\nnext\n`;
    expect(linesOf(endless, { limit: 100, cuts: [1000, 50_000] })).toEqual([
      `${'x'.repeat(100)} … (line cut)`,
      'next',
    ]);
    const bar = `${'12 %\r'.repeat(100_000)}done\n`;
    expect(linesOf(bar, { limit: 100, cuts: Array.from({ length: 100 }, (_, i) => i * 5000 + 3) })).toEqual([
      'done',
    ]);
  });

  it('keeps bytes that are no text from breaking anything', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const lines: string[] = [];
        const splitter = splitLines({ mask: makeMask(['abc']), onLine: (line) => lines.push(line) });
        splitter.write(bytes);
        splitter.flush();
        splitter.end();
        expect(lines.join('\n')).not.toMatch(/\p{Cc}(?<![\n\t])/u);
      }),
    );
  });
});
