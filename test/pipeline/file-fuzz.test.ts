// biome-ignore-all lint/suspicious/noTemplateCurlyInString: pipeline files are full of expressions
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Failure } from '../../src/base/index.ts';
import { loadPipeline, loadProject } from '../../src/pipeline/index.ts';
import { decodeSource, SourceText } from '../../src/pipeline/source.ts';
import { readWhole, readYaml } from '../../src/pipeline/yaml.ts';
import { renderDiagnostics } from '../../src/report/index.ts';

const common = fileURLToPath(new URL('./golden-common/', import.meta.url));
const file = 'pipelines/demo/pipeline.yaml';
const valid = await readFile(new URL('./golden/good/pipeline.yaml', import.meta.url));
const project = await readFile(new URL('./golden-common/trainyard.yaml', import.meta.url));
let root = '';

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'trainyard-fuzz-'));
  await cp(common, root, { recursive: true });
});
afterAll(() => rm(root, { recursive: true }));

/** The result of reading bytes as a pipeline file, and as a project file; the check is that there is one. */
async function bothWays(bytes: Uint8Array): Promise<void> {
  const readFileOf = async (wanted: string): Promise<Uint8Array> =>
    wanted === path.join(root, file) ? bytes : await readFile(wanted);
  expectInside(await loadPipeline({ root, file, readFile: readFileOf }), file, bytes);
  expectInside(await loadProject(root, async () => bytes), 'trainyard.yaml', bytes);
}

function expectInside(
  result: { readonly ok: true } | { readonly ok: false; readonly failure: readonly Failure[] },
  name: string,
  bytes: Uint8Array,
): void {
  if (result.ok) return;
  expect(result.failure.length).toBeGreaterThan(0);
  const text = new TextDecoder().decode(bytes);
  const lines = text.split('\n');
  for (const { place, code, message } of result.failure) {
    expect(code).toMatch(/^(pipeline|contract)-[a-z-]+$/);
    expect(message).not.toBe('');
    if (place?.file !== name || place.line === undefined) continue;
    expect(place.line).toBeGreaterThanOrEqual(1);
    expect(place.line).toBeLessThanOrEqual(lines.length);
    expect(place.column).toBeGreaterThanOrEqual(1);
    expect(place.column).toBeLessThanOrEqual(lines[place.line - 1]!.length + 1);
    expect(place.length).toBeGreaterThanOrEqual(1);
  }
  expect(renderDiagnostics(result.failure, { textOf: () => text })).toContain(code(result.failure[0]!));
}

function code(failure: Failure): string {
  return `error[${failure.code}]`;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const runs = { numRuns: 150 };

describe('any bytes', () => {
  it('are a pipeline or mistakes with places inside of the file', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), bothWays), runs);
  });

  it('are so when they are made of the characters of YAML', async () => {
    const characters = fc.string({
      unit: fc.constantFrom(...' \n\t-:?{}[],&*!|>\'"#%@`~$a1.<=\r\ufeff\0é'),
      maxLength: 120,
    });
    await fc.assert(fc.asyncProperty(characters.map(bytes), bothWays), { numRuns: 400 });
  });

  it('are so when a valid file is cut, doubled or changed anywhere', async () => {
    const source = fc.constantFrom(valid, project);
    const edit = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      drop: fc.nat({ max: 12 }),
      put: fc.oneof(
        fc.string({ maxLength: 6 }),
        fc.constantFrom(
          '\n',
          '  ',
          ': ',
          '- ',
          '{',
          ']',
          '&a ',
          '*a',
          '"',
          "'",
          '|\n',
          '---\n',
          '!!set ',
          '${{ ',
          ' }}',
          '__proto__: ',
        ),
      ),
    });
    const changed = fc
      .tuple(source, fc.array(edit, { minLength: 1, maxLength: 4 }))
      .map(([original, edits]) => {
        let text = new TextDecoder().decode(original);
        for (const { at, drop, put } of edits) {
          const start = Math.floor(at * text.length);
          text = text.slice(0, start) + put + text.slice(start + drop);
        }
        return bytes(text);
      });
    await fc.assert(fc.asyncProperty(changed, bothWays), { numRuns: 400 });
  });

  it('are so when they are YAML of any values under the keys of the format', async () => {
    const keys = fc.constantFrom(
      ...[
        'version',
        'name',
        'on',
        'params',
        'data',
        'features',
        'steps',
        'model',
        'path',
        'contract',
        'target',
      ],
      ...[
        'split',
        'test',
        'columns',
        'uses',
        'with',
        'run',
        'needs',
        'if',
        'matrix',
        'deps',
        'outs',
        'env',
        'from',
      ],
      ...[
        'gates',
        'metric',
        'min',
        'slice',
        'slices',
        'edges',
        'estimator',
        'trees',
        'secrets',
        'houses',
        'train',
      ],
      ...[
        'constructor',
        'toString',
        'valueOf',
        'hasOwnProperty',
        'length',
        'store',
        'runs',
        'branch',
        'stages',
      ],
    );
    const scalar = fc.oneof(
      fc.constantFrom(
        1,
        0,
        -1,
        0.5,
        true,
        null,
        '',
        'train',
        'houses',
        'validate',
        'evaluate',
        'choose',
        '${{ params.a }}',
      ),
      fc.constantFrom(
        'constructor',
        '__proto__',
        '${{ matrix.constructor }}',
        '${{ steps.train.x }}',
        "${{ 'a'",
        'roc_auc',
      ),
      fc.string({ maxLength: 8 }),
      fc.double(),
    );
    const tree = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 6, withCrossShrink: true }, scalar, tie('map'), tie('list')),
      map: fc.dictionary(keys, tie('value'), { maxKeys: 6 }),
      list: fc.array(tie('value'), { maxLength: 4 }),
    }));
    const written = tree.map.map((value) =>
      bytes(stringify({ version: 1, name: 'demo', ...(value as object) })),
    );
    await fc.assert(fc.asyncProperty(written, bothWays), { numRuns: 400 });
  });

  it.each([
    ['open brackets', '['.repeat(20_000)],
    ['open braces', '{a: '.repeat(5_000)],
    ['lists in lists', '- '.repeat(10_000)],
    ['maps in maps', Array.from({ length: 400 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['questions', '? '.repeat(10_000)],
    ['anchors', '&a '.repeat(2_000)],
    ['quotes', '"'.repeat(5_000)],
    ['one long text', `name: ${'a'.repeat(900_000)}`],
    ['nested functions', `steps: { a: { run: x, if: "${'contains('.repeat(3_000)}" } }`],
    ['a million bytes and one', 'a'.repeat(1024 * 1024 + 1)],
    ['an anchor in itself', 'params: &a { b: *a }'],
    ['half of a pair', 'name: "\\uD800"'],
  ])('are mistakes when they are %s', async (_, text) => {
    const result = await loadPipeline({ root, file, readFile: async () => bytes(text) });
    expect(result.ok).toBe(false);
    expectInside(result, file, bytes(text));
  });
});

describe('long lists of paths', () => {
  const line = fc.constantFrom(
    ...[
      '  - a/b',
      '  - a/c.txt',
      '  - b/b-c/d_1',
      '  - a/b',
      '  - a/b',
      '    - a/b',
      '- a/b',
      '  - a/b # c',
      '  - "a/b"',
    ],
    ...[
      'key:',
      'key: |',
      '  text: >',
      '  - a/b: c',
      '    more',
      '',
      '"',
      '  - [a/b',
      '  # note',
      '  - a/b\r',
      '  - &x a/b',
    ],
  );

  it('are read as the parser reads them', async () => {
    const block = fc
      .tuple(line, fc.nat({ max: 14 }))
      .map(([text, times]) => `${text}\n`.repeat(times === 0 ? 1 : times));
    fc.assert(
      fc.property(fc.array(block, { maxLength: 7 }), (blocks) => {
        const source = decodeSource('x', bytes(blocks.join('')));
        if (!(source instanceof SourceText)) return;
        const [short, whole] = [readYaml(source), readWhole(source)];
        expect(short.failures).toEqual(whole.failures);
        expect(short.document?.value).toEqual(whole.document?.value);
        for (const at of pathsOf(whole.document?.value)) {
          expect(short.document?.places.place(at)).toEqual(whole.document?.places.place(at));
        }
      }),
      { numRuns: 600 },
    );
  });
});

function pathsOf(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (value === null || typeof value !== 'object') return [path];
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return [path, ...entries.flatMap(([key, member]) => pathsOf(member, [...path, key]))];
}
