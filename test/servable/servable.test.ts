import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../src/base/index.ts';
import {
  checkGolden,
  openServable,
  pruneServables,
  readServableManifest,
  servableThere,
  touchServables,
  writeServable,
} from '../../src/servable/index.ts';
import { columnOf, sumModel } from './sum-model.ts';

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'trainyard-servable-'));
  folder = join(root, 'servables', 'sum', 'v1.0.0');
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

async function written(): Promise<Awaited<ReturnType<typeof sumModel>>> {
  const model = await sumModel();
  const manifest = await writeServable(folder, model.parts, model.bytes);
  if (!manifest.ok) throw new Error(manifest.failure.message);
  return model;
}

async function codeOf(path = folder): Promise<string> {
  const opened = await openServable(path);
  if (!opened.ok) return opened.failure.code;
  await using servable = opened.value;
  const golden = await checkGolden(servable);
  return golden.ok ? 'good' : golden.failure.code;
}

async function edit(change: (manifest: Record<string, Json>) => unknown): Promise<void> {
  const file = join(folder, 'model.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as Record<string, Json>;
  await writeFile(file, JSON.stringify(change(manifest) ?? manifest));
}

describe('a servable', () => {
  it('V5: is opened as it was written, and answers its golden requests', async () => {
    await written();
    expect(await codeOf()).toBe('good');
    expect(await readdir(folder)).toEqual(['model.json', 'model.onnx']);
  });

  it('is the same bytes whoever writes it', async () => {
    const { parts, bytes } = await written();
    const other = join(root, 'other');
    await writeServable(other, parts, bytes);
    const read = (path: string): Promise<string> => readFile(join(path, 'model.json'), 'utf8');
    expect(await read(other)).toBe(await read(folder));
  });

  it('P4: is refused when its model is other bytes than its description is about', async () => {
    const { bytes } = await written();
    await writeFile(join(folder, 'model.onnx'), Uint8Array.from(bytes).fill(7, 40, 44));
    expect(await codeOf()).toBe('servable-digest');
  });

  it('S7: is refused when the model answers otherwise than it did', async () => {
    await written();
    await edit((manifest) => {
      const golden = manifest['golden'] as { row: Json; answer: { value: number } }[];
      golden[2]!.answer.value += 0.01;
    });
    expect(await codeOf()).toBe('servable-golden');
  });

  it.each<readonly [string, (manifest: Record<string, Json>) => unknown]>([
    ['another version', (manifest) => ({ ...manifest, version: 2 })],
    ['no version', ({ version: _, ...manifest }) => manifest],
    ['a list', () => []],
    ['nothing', () => 'null'],
    ['no columns', ({ columns: _, ...manifest }) => manifest],
    ['columns that are none', (manifest) => ({ ...manifest, columns: [{ name: 5 }] })],
    ['an unknown type', (manifest) => ({ ...manifest, columns: [columnOf('a', { type: 'time' as never })] })],
    [
      'a column twice',
      (manifest) => ({ ...manifest, columns: [columnOf('a'), columnOf('b'), columnOf('a')] }),
    ],
    ['no column that the model reads', (manifest) => ({ ...manifest, columns: [columnOf('a')] })],
    [
      'a pattern that is none',
      (manifest) => ({
        ...manifest,
        columns: [columnOf('a'), columnOf('b'), columnOf('c', { type: 'string', pattern: '[' })],
      }),
    ],
    ['a digest that is none', (manifest) => ({ ...manifest, digest: 'sha256:12' })],
    ['golden requests without answers', (manifest) => ({ ...manifest, golden: [{ row: {} }] })],
  ])('S11: is refused when its description has %s', async (_, change) => {
    await written();
    await edit(change);
    expect(await codeOf()).toBe('servable-invalid');
  });

  it.each(['../../elsewhere', 'a/../b', '/etc', 'a//b', '.', '', 'a\\b', 'a\nb', 'a\0', 'a'.repeat(201)])(
    'is refused when the name of its model is %j, which would name a folder elsewhere or none',
    async (model) => {
      await written();
      await edit((manifest) => ({ ...manifest, model }));
      expect(await codeOf()).toBe('servable-invalid');
    },
  );

  it('may have a name with slashes, as other tools give them', async () => {
    await written();
    await edit((manifest) => ({ ...manifest, model: 'vision/cats..and/größe' }));
    expect(await codeOf()).toBe('good');
  });

  it('lets members through that a later version may add', async () => {
    await written();
    await edit((manifest) => ({ ...manifest, later: { anything: 1 } }));
    expect(await codeOf()).toBe('good');
  });

  it('S11: never throws, whatever one of its values is', async () => {
    await written();
    const text = await readFile(join(folder, 'model.json'), 'utf8');
    const paths = pathsOf(JSON.parse(text) as Json);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fc.jsonValue(), async (path, value) => {
        await writeFile(
          join(folder, 'model.json'),
          JSON.stringify(replaced(JSON.parse(text) as Json, path, value as Json)),
        );
        expect(typeof (await codeOf())).toBe('string');
      }),
      { numRuns: 150 },
    );
  });

  it('says what is missing', async () => {
    expect(await codeOf(join(root, 'nowhere'))).toBe('servable-unreadable');
    const manifest = await readServableManifest(join(root, 'nowhere'));
    expect(manifest.ok ? undefined : manifest.failure.code).toBe('servable-unreadable');
  });
});

describe('writing a servable', () => {
  it('S11: many at once leave one whole folder and nothing else', async () => {
    const { parts, bytes } = await sumModel();
    const all = await Promise.all(Array.from({ length: 12 }, () => writeServable(folder, parts, bytes)));
    expect(all.every(({ ok }) => ok)).toBe(true);
    expect(await readdir(join(folder, '..'))).toEqual(['v1.0.0']);
    expect(await codeOf()).toBe('good');
  });

  it('replaces what stood there', async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'old.txt'), 'old');
    await written();
    expect(await readdir(folder)).toEqual(['model.json', 'model.onnx']);
  });

  it('says when the folder cannot be written, and leaves nothing', async () => {
    const { parts, bytes } = await sumModel();
    await mkdir(root, { recursive: true });
    await writeFile(join(root, 'file'), '');
    const failed = await writeServable(join(root, 'file', 'm'), parts, bytes);
    expect(failed.ok ? undefined : failed.failure.code).toBe('servable-unwritable');
    expect(await readdir(root)).toEqual(['file']);
  });

  it('finds again what would be written, and nothing else', async () => {
    const { parts, bytes } = await written();
    expect(await servableThere(folder, parts, bytes)).toMatchObject({ modelVersion: 'v1.0.0' });
    expect(await servableThere(folder, { ...parts, modelVersion: 'v2.0.0' }, bytes)).toBeUndefined();
    expect(await servableThere(join(root, 'nowhere'), parts, bytes)).toBeUndefined();
    await writeFile(join(folder, 'model.onnx'), 'damaged');
    expect(await servableThere(folder, parts, bytes)).toBeUndefined();
  });
});

describe('pruning servables', () => {
  const now = new Date('2026-11-21T12:00:00Z');
  const days = 86_400_000;

  it('removes what nobody has touched for long, with what a writer left behind, and keeps what is in the plan', async () => {
    const at = (name: string): string => join(root, 'servables', 'sum', name);
    for (const name of ['v1', 'v2', 'v3', 'v3.1234-left'])
      await mkdir(at(name), { recursive: true }).then(() => writeFile(join(at(name), 'model.json'), '{}'));
    for (const name of ['v1', 'v2', 'v3', 'v3.1234-left'])
      await utimes(at(name), now, new Date(now.getTime() - 10 * days));
    await touchServables([at('v2'), at('gone')], now);
    const removed = await pruneServables(join(root, 'servables'), {
      keep: [at('v1')],
      unusedFor: 7 * days,
      now,
    });
    expect(removed).toEqual([at('v3'), at('v3.1234-left')]);
    expect(await readdir(join(root, 'servables', 'sum'))).toEqual(['v1', 'v2']);
  });

  it('is content with a folder that is not there', async () => {
    expect(await pruneServables(join(root, 'none'), { keep: [], unusedFor: 0, now })).toEqual([]);
  });
});

type Path = readonly (string | number)[];

function pathsOf(value: Json, path: Path = []): readonly Path[] {
  if (value === null || typeof value !== 'object') return [path];
  return [path, ...Object.entries(value).flatMap(([key, member]) => pathsOf(member as Json, [...path, key]))];
}

function replaced(value: Json, path: Path, by: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  const copy = structuredClone(value) as Record<string | number, Json>;
  copy[key] = replaced(copy[key]!, rest, by);
  return copy as Json;
}
