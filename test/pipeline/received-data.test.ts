import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressProblem, isBelowPrefix, receivedBytes } from '../../src/pipeline/index.ts';

const prefixes = ['https://data.example.org/a/', 'http://127.0.0.1:8080/x/'];
const isOpened = (address: string): boolean =>
  addressProblem(address) === undefined && isBelowPrefix(address, prefixes);

describe('an address that somebody sends', () => {
  it.each([
    'https://data.example.org/a/b.csv',
    'https://data.example.org/a/b/c%20d.csv?signature=x%2Fy&more=1',
    'http://127.0.0.1:8080/x/b.csv',
  ])('is opened below what is allowed: %s', (address) => {
    expect(isOpened(address)).toBe(true);
  });

  it.each([
    'https://data.example.org/b.csv',
    'https://data.example.org/a/',
    'https://data.example.org/a',
    'https://data.example.org/ab/c.csv',
    'https://data.example.org/a/../b.csv',
    'https://data.example.org/a/./b.csv',
    'https://data.example.org/a/.b/../../secret.csv',
    'https://data.example.org/a/.b/..?x',
    'https://data.example.org/a/%2e%2e/b.csv',
    'https://data.example.org/a/%2E%2e/b.csv',
    'https://data.example.org/a/..%2fb.csv',
    'https://data.example.org/a/..%5Cb.csv',
    'https://data.example.org/a/b%00.csv',
    'https://data.example.org/a/%252e%252e/b.csv',
    'https://data.example.org.evil.example/a/b.csv',
    'https://data.example.org@evil.example/a/b.csv',
    'https://evil.example/https://data.example.org/a/b.csv',
    'https://me:pw@data.example.org/a/b.csv',
    'https://:@data.example.org/a/b.csv',
    'https://data.example.org:8443/a/b.csv',
    'https://data.example.org:443/a/b.csv',
    'http://data.example.org/a/b.csv',
    'http://127.0.0.1:8081/x/b.csv',
    'http://127.1:8080/x/b.csv',
    'http://localhost:8080/x/b.csv',
    'http://2130706433:8080/x/b.csv',
    'http://127.0.0.1.evil.example:8080/x/b.csv',
    'https:\\\\data.example.org\\a\\b.csv',
    'https://data.example.org/a\\..\\b.csv',
    'https:/data.example.org/a/b.csv',
    '//data.example.org/a/b.csv',
    ' https://data.example.org/a/b.csv',
    'https://data.example.org/a/b\n.csv',
    'https://data.example.org/a/b.csv#x',
    'https://data.example.org/a/b.csv#',
    'HTTPS://data.example.org/a/b.csv',
    'https://DATA.example.org/a/b.csv',
    'https://dаta.example.org/a/b.csv',
    'https://169.254.169.254/latest/meta-data',
    'file:///etc/passwd',
    'data:text/csv,a',
    'javascript:1',
    `https://data.example.org/a/${'b'.repeat(3_000)}.csv`,
    '',
  ])('is not opened when it is elsewhere, or written in another way: %s', (address) => {
    expect(isOpened(address)).toBe(false);
  });

  it('is the same for every reader: what is opened begins with what is allowed, letter by letter', () => {
    const part = fc.constantFrom(
      ...[
        'https://',
        'http://',
        'data.example.org',
        '127.0.0.1:8080',
        '/',
        '\\',
        '..',
        '.',
        '%2e',
        '%2f',
        '@',
        ':',
      ],
      ...['a', 'x', '?', '#', ' ', '\t', '\n', 'é', '%', '%41', '[::1]', 'evil.example'],
    );
    fc.assert(
      fc.property(fc.constantFrom('', ...prefixes), fc.array(part, { maxLength: 8 }), (start, parts) => {
        const address = start + parts.join('');
        if (!isOpened(address)) return;
        expect(prefixes.some((prefix) => address.startsWith(prefix))).toBe(true);
        const { pathname } = new URL(address);
        expect(pathname).not.toMatch(/(^|[/\\])(\.|%2e){1,2}([/\\]|$)/i);
      }),
      { numRuns: 20_000, seed: 3 },
    );
  });
});

it('sizes are read with their unit, and are 10 MiB when nobody says one', () => {
  expect([undefined, '10 MiB', '500 KiB', '1MiB'].map(receivedBytes)).toEqual([
    ...[10 * 2 ** 20, 10 * 2 ** 20, 500 * 2 ** 10, 2 ** 20],
  ]);
});
