import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openRuns } from '../../src/runs/index.ts';
import type { RunsManifest } from '../../src/site/format/index.ts';
import { recordFile, shardsOf, shardValue } from '../../src/site/format/index.ts';
import { value } from '../git/rig.ts';
import { branch, openYard, pathOf, run, type Yard } from './rig/yard.ts';

const text = (n: number, more: object = {}): string => JSON.stringify({ ...run(n), ...more });

async function write(yard: Yard, ...numbers: readonly number[]): Promise<void> {
  await yard.put(Object.fromEntries(numbers.map((n) => [pathOf(n), text(n)])));
}

/** Values of a column over all shards, the newest run first. */
async function column(yard: Yard, name: string): Promise<readonly unknown[]> {
  const { shards } = await yard.manifest();
  const values: unknown[] = [];
  for (const { file, intervals, rows } of shards) {
    const isInterval = name.startsWith('low.') || name.startsWith('high.');
    const shard = await yard.shard(isInterval ? intervals! : file);
    for (let row = 0; row < rows; row++) values.push(shardValue(shard.columns[name], row));
  }
  return values;
}

const numbersFrom = (first: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => first + i);

describe('the table of runs of a site', () => {
  test('has every column of every run, and each record byte by byte as it is in Git', async () => {
    await using yard = await openYard();
    value(await yard.history.write(run(1)));
    value(await yard.history.write(run(2, { verdict: 'fail', params: { seed: 7, trees: 'many' } })));
    const tag = { pipeline: 'heart-disease', run: run(1).id, kind: 'tag', text: 'best' } as const;
    value(await yard.history.annotate({ ...tag, at: new Date(0), random: 'aaaaaaaa' }));
    expect(await yard.build()).toEqual({ total: 2, added: 2, missing: [] });
    expect(await column(yard, 'id')).toEqual([run(2).id, run(1).id]);
    expect(await column(yard, 'params.trees')).toEqual(['many', 200]);
    expect(await column(yard, 'metrics.roc_auc')).toEqual([0.912, 0.912]);
    expect(await column(yard, 'low.roc_auc')).toEqual([0.838, 0.838]);
    const { columns, shards } = await yard.manifest();
    const about = (name: string) => columns.find((each) => each.name === name);
    expect(columns[0]!.name).toBe('id');
    expect(about('params.trees')).toMatchObject({ kind: 'scalar', differs: true, distinct: 2 });
    expect(about('params.seed')).toMatchObject({
      kind: 'number',
      differs: false,
      range: [7, 7],
      values: [[7, 2]],
    });
    expect(about('low.roc_auc')).toMatchObject({ part: 'intervals', runs: 2 });
    expect((await yard.shard(shards[0]!.file)).tags).toEqual({ 1: ['best'] });
    const file = recordFile('heart-disease', run(1).id);
    expect(await yard.text(file)).toBe(`${await yard.git('show', `${branch}:${pathOf(1)}`)}\n`);
  });

  test('is not written again when nothing is new, and few shards are when one run is', async () => {
    await using yard = await openYard();
    await yard.grow(numbersFrom(0, 300).map((n) => run(n)));
    expect(await yard.build()).toMatchObject({ total: 300, added: 300 });
    const before = await yard.files();
    expect(await yard.build()).toMatchObject({ total: 300, added: 0 });
    expect(await yard.files()).toEqual(before);

    await yard.grow([run(300)]);
    expect(await yard.build()).toMatchObject({ total: 301, added: 1 });
    const manifest = await yard.manifest();
    expect(manifest.shards.map(({ rows }) => rows)).toEqual([45, 256]);
    expect(shardsOf(manifest, run(290).id)).toEqual([manifest.shards[0]]);
    const after = await yard.files();
    const changed = [...after].filter(([path, told]) => before.get(path) !== told).map(([path]) => path);
    expect(changed.filter((path) => path.includes('/shard-'))).toHaveLength(2);
    expect(changed.filter((path) => !path.includes('/shard-')).sort()).toEqual(
      ['runs/folders.json', 'runs/index.json', recordFile('heart-disease', run(300).id)].sort(),
    );
    expect(await column(yard, 'seconds')).toEqual([...numbersFrom(0, 301)].reverse());
  });

  test('leaves out damaged records and says where they are; a restored one comes back', async () => {
    await using yard = await openYard();
    await write(yard, 1, 2);
    await yard.put({ [pathOf(3)]: '{"version":1,"id":', [pathOf(4)]: text(4, { version: 2 }) });
    const built = await yard.build();
    expect(built).toMatchObject({ total: 2, added: 2 });
    expect(built.missing).toHaveLength(2);
    expect(built.missing[0]).toContain(pathOf(3));
    expect(built.missing[1]).toContain(`${pathOf(4)}: it is of another version`);
    await write(yard, 3);
    expect(await yard.build()).toMatchObject({
      total: 3,
      added: 1,
      missing: [expect.stringContaining(pathOf(4))],
    });
  });

  test('writes nothing outside of its folder, whatever a record says that its pipeline is called', async () => {
    await using yard = await openYard();
    await write(yard, 1);
    const names = ['..%2f', 'index.json', 'A B', '<img src=x>'];
    for (const name of names) await yard.put({ [pathOf(2, name)]: text(2, { pipeline: name }) });
    const built = await yard.build();
    expect(built.total).toBe(1);
    expect(built.missing).toHaveLength(names.length);
    expect(built.missing.join()).toContain('no pipeline can have this name');
    const paths = [...(await yard.files()).keys()];
    expect(paths.filter((path) => !/^runs\/(index|folders|shard-[0-9a-f]{16})\.json$/.test(path))).toEqual([
      recordFile('heart-disease', run(1).id),
    ]);
  });

  test('keeps texts as they are, hostile ones too', async () => {
    await using yard = await openYard();
    const hostile = '</script><img src=x onerror=alert(1)> {{ 7 * 7 }} \u2028 __proto__';
    value(
      await yard.history.write(
        run(1, { params: { ['__proto__']: hostile, [hostile]: 1, constructor: true, nothing: null } }),
      ),
    );
    await yard.build();
    expect(await column(yard, 'params.__proto__')).toEqual([hostile]);
    expect(await column(yard, `params.${hostile}`)).toEqual([1]);
    expect(await column(yard, 'params.constructor')).toEqual([true]);
    expect(await column(yard, 'params.nothing')).toEqual([null]);
  });

  test('keeps archived runs apart and their records, and forgets runs that are gone', async () => {
    await using yard = await openYard();
    await write(yard, 1, 2, 3);
    await yard.build();
    await yard.put({ [`archive/${pathOf(1)}`]: text(1) }, [pathOf(1), pathOf(2)]);
    expect(await yard.build()).toMatchObject({ total: 1, added: 0 });
    const { shards, archived } = await yard.manifest();
    expect(archived).toMatchObject([{ rows: 1, newest: run(1).id }]);
    expect(shards).toMatchObject([{ rows: 1, newest: run(3).id }]);
    expect((await yard.shard(archived[0]!.file)).columns['seconds']).toEqual({ kind: 'number', values: [1] });
    const paths = [...(await yard.files()).keys()];
    expect(paths).toContain(recordFile('heart-disease', run(1).id));
    expect(paths).not.toContain(recordFile('heart-disease', run(2).id));
  });

  test('follows a history that was written anew', async () => {
    await using yard = await openYard();
    await write(yard, 1, 2);
    await yard.build();
    const kept = (await yard.files()).get(recordFile('heart-disease', run(2).id));
    await yard.put({ [pathOf(1)]: text(1, { seconds: 99 }) });
    await yard.build();
    expect(await yard.text(recordFile('heart-disease', run(1).id))).toBe(text(1, { seconds: 99 }));
    expect((await yard.files()).get(recordFile('heart-disease', run(2).id))).toBe(kept);
  });

  test('stays readable as it was when a build is interrupted, and the next one goes on', async () => {
    await using yard = await openYard();
    await write(yard, 1, 2);
    await yard.build();
    const before = await yard.manifest();
    await write(yard, 3, 4, 5);
    const { repository, root } = yard;
    let shown = 0;
    const breaking = openRuns({
      repository: {
        ...repository,
        readEach: (files, options, visit) =>
          repository.readEach(files, options, (file, seen) => {
            if (files.length === 5 && shown++ === 3) throw new Error('interrupted');
            visit(file, seen);
          }),
      },
      branch,
      root,
    });
    await expect(yard.build(breaking)).rejects.toThrow('interrupted');
    expect(await yard.manifest()).toEqual(before);
    await allThere(yard, before);
    await writeFile(join(yard.out, 'runs/index.json.0f0f0f0f.draft'), 'torn');
    expect(await yard.build()).toMatchObject({ total: 5, missing: [] });
    expect(await column(yard, 'seconds')).toEqual([5, 4, 3, 2, 1]);
    expect([...(await yard.files()).keys()].filter((path) => path.endsWith('.draft'))).toEqual([]);
  });

  test('keeps what the manifest before named, for pages that are being read', async () => {
    await using yard = await openYard();
    await write(yard, 1);
    await yard.build();
    const first = await yard.manifest();
    await write(yard, 2);
    await yard.build();
    const second = await yard.manifest();
    await allThere(yard, first);
    await write(yard, 3);
    await yard.build();
    await allThere(yard, second);
    await expect(access(join(yard.out, first.shards[0]!.file))).rejects.toThrow();
  });

  test('is a table without rows before the first run', async () => {
    await using yard = await openYard();
    expect(await yard.build()).toEqual({ total: 0, added: 0, missing: [] });
    expect(await yard.manifest()).toEqual({ version: 1, runs: 0, shards: [], archived: [], columns: [] });
  });
});

async function allThere(yard: Yard, { shards }: RunsManifest): Promise<void> {
  for (const { file, intervals } of shards) {
    await access(join(yard.out, file));
    if (intervals !== undefined) await access(join(yard.out, intervals));
  }
}
