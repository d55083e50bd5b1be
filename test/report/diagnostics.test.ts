import { describe, expect, it } from 'vitest';
import type { Failure } from '../../src/base/index.ts';
import { renderDiagnostic, renderDiagnostics } from '../../src/report/index.ts';

const text = 'first: 1\nsecond: [a, bb, c]\n\tthird: x\n';
const textOf = (): string => text;

function failure(change: Partial<Failure> = {}): Failure {
  return {
    code: 'pipeline-key-unknown',
    kind: 'input',
    message: 'there is no `bb`',
    remedy: 'did you mean `b`?',
    place: { file: 'a.yaml', line: 2, column: 13, length: 2 },
    ...change,
  };
}

describe('a diagnostic', () => {
  it('shows code, message, place, the line with its part underlined, and the remedy', () => {
    expect(renderDiagnostic(failure(), { textOf })).toBe(
      [
        'error[pipeline-key-unknown]: there is no `bb`',
        '  ╭─▸ a.yaml:2:13',
        '  │',
        '2 │ second: [a, bb, c]',
        '  │             ~~',
        '  ╰ help: did you mean `b`?',
        '',
      ].join('\n'),
    );
  });

  it('shows as much as is known of the place', () => {
    const { place: _, ...nowhere } = failure();
    expect(renderDiagnostic(nowhere, { textOf })).toBe(
      'error[pipeline-key-unknown]: there is no `bb`\n  = help: did you mean `b`?\n',
    );
    expect(renderDiagnostic(failure({ place: { file: 'a.yaml' } }), { textOf })).toContain('╭─▸ a.yaml\n');
    const unreadable = renderDiagnostic(failure(), { textOf: () => undefined });
    expect(unreadable).toContain('╭─▸ a.yaml:2:13\n  ╰ help');
    expect(
      renderDiagnostic(failure({ place: { file: 'a.yaml', line: 99, column: 1 } }), { textOf }),
    ).not.toContain('~');
  });

  it('writes sentences of all rooms alike', () => {
    const shown = renderDiagnostic(failure({ message: 'The key is missing.', remedy: 'Add it.' }), {
      textOf,
    });
    expect(shown).toContain(': the key is missing\n');
    expect(shown).toContain('help: add it\n');
    expect(renderDiagnostic(failure({ message: 'YAML is not JSON' }), { textOf })).toContain(
      ': YAML is not JSON\n',
    );
  });

  it('shows tabs as spaces and underlines what is meant', () => {
    const place = { file: 'a.yaml', line: 3, column: 9, length: 1 };
    const lines = renderDiagnostic(failure({ place }), { textOf }).split('\n');
    expect(lines[3]!.indexOf('x')).toBe(lines[4]!.indexOf('~'));
  });

  it('lets nothing of a file or a message move the cursor (P5)', () => {
    const evil = '\u001b[2J\u202ekcab\u0007\u009b1m';
    const shown = renderDiagnostic(failure({ message: evil, place: { file: evil, line: 1, column: 1 } }), {
      textOf: () => evil,
    });
    expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('keeps lines that may hold a secret out of logs (P5)', () => {
    const shown = renderDiagnostic(failure({ code: 'pipeline-secret-value' }), { textOf });
    expect(shown).not.toContain('second');
    expect(shown).toContain('a.yaml:2:13');
  });

  it.each([40, 60, 100])('fits lines into %i columns, with the underlined part in sight', (width) => {
    const long = `${'abc '.repeat(60)}HERE${' xyz'.repeat(60)}`;
    const place = { file: 'a', line: 1, column: long.indexOf('HERE') + 1, length: 4 };
    const shown = renderDiagnostic(failure({ place, message: 'word '.repeat(40) }), {
      textOf: () => long,
      width,
    });
    for (const line of shown.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
    const lines = shown.split('\n');
    const code = lines.findIndex((line) => line.includes('HERE'));
    expect(lines[code + 1]!.indexOf('~~~~')).toBe(lines[code]!.indexOf('HERE'));
  });

  it('counts wide characters as terminals do', () => {
    const wide = 'a: [日本, 🐎, x]';
    const place = { file: 'a', line: 1, column: wide.indexOf('x') + 1, length: 1 };
    const lines = renderDiagnostic(failure({ place }), { textOf: () => wide }).split('\n');
    expect(lines[4]!.indexOf('~')).toBe('1 │ a: [xxxx, xx, '.length);
  });

  it('is painted only where colours are wanted', () => {
    const paint = (style: string, words: string): string => `<${style}>${words}</${style}>`;
    expect(renderDiagnostic(failure(), { textOf, paint })).toContain('<red><bold>error</bold></red>');
    expect(renderDiagnostic(failure(), { textOf })).not.toContain('<');
  });
});

describe('diagnostics', () => {
  it('end with how many there are', () => {
    const other = failure({ place: { file: 'b.yaml' } });
    expect(renderDiagnostics([failure()], { textOf })).toMatch(/\n\n1 mistake in a\.yaml\n$/);
    expect(renderDiagnostics([failure(), other], { textOf })).toMatch(/\n\n2 mistakes in 2 files\n$/);
    expect(renderDiagnostics([], { textOf })).toBe('');
  });

  it('call no mistake what the outside world did', () => {
    const { place: _, ...world } = failure({ kind: 'world' });
    expect(renderDiagnostics([world], { textOf })).toMatch(/\n1 failure\n$/);
    expect(renderDiagnostics([world, failure()], { textOf })).toMatch(/\n2 failures in a\.yaml\n$/);
  });

  it('say a remedy once that rows after each other have in common', () => {
    const { place: _, ...row } = failure({ remedy: 'Mend the row' });
    const shown = renderDiagnostics([row, row, row, { ...row, remedy: 'Ask' }], { textOf });
    expect(shown.match(/help: mend the row/g)).toHaveLength(1);
    expect(shown.match(/help: ask|help: Ask/g)).toHaveLength(1);
    const placed = failure({ remedy: 'Mend the row' });
    expect(renderDiagnostics([placed, placed], { textOf }).match(/help/g)).toHaveLength(2);
  });
});
