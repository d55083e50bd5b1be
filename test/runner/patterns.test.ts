import { describe, expect, test } from 'vitest';
import { globExpression, matchesFilter } from './patterns.ts';
import { combinationsOf, matrixName } from './workflow/matrix.ts';

/** From the cheat sheet of https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax */
describe('a filter of branches, tags and paths', () => {
  test.each([
    ['feature/*', 'feature/my-branch', true],
    ['feature/*', 'feature/beta/my-branch', false],
    ['feature/**', 'feature/beta-a/my-branch', true],
    ['*', 'releases', true],
    ['*', 'all/the/branches', false],
    ['**', 'all/the/branches', true],
    ['*feature', 'ver-10-feature', true],
    ['v2*', 'v2.9', true],
    ['v[12].[0-9]+.[0-9]+', 'v1.10.1', true],
    ['v[12].[0-9]+.[0-9]+', 'v3.0.0', false],
    ['*.jsx?', 'page.js', true],
    ['*.jsx?', 'page.jsx', true],
    ['*.js', 'src/app.js', false],
    ['**.js', 'src/js/app.js', true],
    ['docs/*', 'docs/mona/octocat.txt', false],
    ['docs/**', 'docs/mona/octocat.txt', true],
    ['**/docs/**', 'docs/hello.md', true],
    ['**/README.md', 'README.md', true],
    ['heart-disease@v*', 'heart-disease@v1.4.0', true],
    ['*#*#*', 'heart-disease#production#7', true],
  ])('%s and %s: %s', (pattern, name, matches) => {
    expect(matchesFilter([pattern], name)).toBe(matches);
  });

  test('takes back with an exclamation mark, and the last one decides', () => {
    expect(matchesFilter(['releases/**', '!releases/**-alpha'], 'releases/beta/3-alpha')).toBe(false);
    expect(matchesFilter(['*.md', '!README.md', 'README*'], 'README.md')).toBe(true);
    expect(matchesFilter(['!releases/**'], 'main')).toBe(false);
  });
});

test('a glob of files stops at slashes unless it has two stars', () => {
  expect(globExpression('/w/*.json').test('/w/a.json')).toBe(true);
  expect(globExpression('/w/*.json').test('/w/a/b.json')).toBe(false);
  expect(globExpression('/w/**/*.json').test('/w/a/b/c.json')).toBe(true);
  expect(globExpression('/w/?.[!j]son').test('/w/a.xson')).toBe(true);
});

describe('a matrix', () => {
  test('is joined by include as the documentation shows', () => {
    const combinations = combinationsOf({
      fruit: ['apple', 'pear'],
      animal: ['cat', 'dog'],
      include: [
        { color: 'green' },
        { color: 'pink', animal: 'cat' },
        { fruit: 'apple', shape: 'circle' },
        { fruit: 'banana' },
        { fruit: 'banana', animal: 'cat' },
      ],
    });
    expect(combinations).toEqual([
      { fruit: 'apple', animal: 'cat', color: 'pink', shape: 'circle' },
      { fruit: 'apple', animal: 'dog', color: 'green', shape: 'circle' },
      { fruit: 'pear', animal: 'cat', color: 'pink' },
      { fruit: 'pear', animal: 'dog', color: 'green' },
      { fruit: 'banana' },
      { fruit: 'banana', animal: 'cat' },
    ]);
  });

  test('loses what exclude matches in part, before include adds', () => {
    const combinations = combinationsOf({
      os: ['linux', 'mac'],
      node: [20, 24],
      exclude: [{ os: 'mac', node: 20 }],
      include: [{ os: 'mac', node: 20, extra: true }],
    });
    expect(combinations).toHaveLength(4);
    expect(combinations.at(-1)).toEqual({ os: 'mac', node: 20, extra: true });
    expect(matrixName('test', combinations[0])).toBe('test (linux, 20)');
  });

  test('without values, or with too many, is refused', () => {
    expect(() => combinationsOf({ a: [] })).toThrow(/does not contain any values/);
    const many = Array.from({ length: 17 }, (_, i) => i);
    expect(() => combinationsOf({ a: many, b: many })).toThrow(/256/);
    expect(() => combinationsOf({ a: [1], exclude: [{ a: 1 }] })).toThrow(/at least one/);
  });
});
