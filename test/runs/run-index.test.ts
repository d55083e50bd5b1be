import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Repository } from '../../src/git/index.ts';
import type { RunHistory, RunRecord } from '../../src/runs/index.ts';
import { newRunId, openRuns, recordPath } from '../../src/runs/index.ts';
import type { GitRig } from '../git/rig.ts';
import { gitRig, value } from '../git/rig.ts';
import { sampleRecord } from './sample-record.ts';

const branch = 'trainyard/runs';

interface Setting {
  readonly rig: GitRig;
  readonly repository: Repository;
  readonly history: RunHistory;
  readonly file: string;
  /** Paths of files that were read from Git since the last look. */
  readonly read: () => readonly string[];
}

async function setting(engine: 'auto' | 'library' = 'auto'): Promise<Setting> {
  const rig = await gitRig();
  await rig.repository('r');
  const opened = await rig.open('r', engine);
  let read: string[] = [];
  const repository: Repository = {
    ...opened,
    readEach: (files, options, visit) => {
      read.push(...files.map(({ path }) => path));
      return opened.readEach(files, options, visit);
    },
  };
  const root = join(rig.path, 'r');
  return {
    rig,
    repository,
    history: openRuns({ repository, branch, root }),
    file: join(root, '.git/trainyard/index/runs.bin'),
    read: () => {
      const seen = read;
      read = [];
      return seen;
    },
  };
}

function run(n: number, more: Partial<RunRecord> = {}): RunRecord {
  const time = new Date(Date.UTC(2026, 10, 21, 3, n, 0, n));
  const id = newRunId(time, () => new Uint8Array([n, n, n]));
  return sampleRecord({ id, startedAt: time.toISOString(), seconds: n, ...more });
}

function path(n: number): string {
  return recordPath('heart-disease', run(n).id);
}

async function listed(history: RunHistory, more: { archived?: true; where?: string } = {}) {
  const { runs, damaged } = value(await history.ask(more));
  return { runs: runs.map(({ seconds }) => seconds), damaged: damaged.map(({ message }) => message) };
}

async function put(
  repository: Repository,
  files: Readonly<Record<string, string>>,
  remove: readonly string[] = [],
) {
  const tip = await repository.tip(branch);
  const commit = value(
    await repository.writeCommit({
      parent: tip,
      add: Object.entries(files).map(([at, text]) => ({ path: at, bytes: Buffer.from(text) })),
      remove,
      message: 'by hand',
      time: new Date(0),
    }),
  );
  value(await repository.updateRefs([{ ref: `refs/heads/${branch}`, before: tip, after: commit }]));
}

describe('the index of runs', () => {
  for (const engine of ['auto', 'library'] as const) {
    test(`reads only what is new, forgets what is gone, and follows a rewritten branch (${engine})`, async () => {
      const it = await setting(engine);
      await using _ = it.rig;
      expect(await listed(it.history)).toEqual({ runs: [], damaged: [] });
      for (const n of [2, 1, 3]) value(await it.history.write(run(n)));
      expect((await listed(it.history)).runs).toEqual([3, 2, 1]);
      expect(it.read()).toHaveLength(3);
      expect((await listed(it.history)).runs).toEqual([3, 2, 1]);
      expect(it.read()).toEqual([]);
      value(await it.history.write(run(5)));
      value(await it.history.write(run(4)));
      expect((await listed(it.history)).runs).toEqual([5, 4, 3, 2, 1]);
      expect(it.read()).toEqual([path(4), path(5)]);
      await put(it.repository, {}, [path(2)]);
      expect((await listed(it.history)).runs).toEqual([5, 4, 3, 1]);
      expect(it.read()).toEqual([]);
      // Another branch without history in common, in which one record is another.
      const before = await it.repository.tip(branch);
      value(await it.repository.updateRefs([{ ref: `refs/heads/${branch}`, before, after: undefined }]));
      const text = (record: RunRecord) => JSON.stringify(record);
      await put(it.repository, { [path(1)]: text({ ...run(1), seconds: 11 }), [path(7)]: text(run(7)) });
      expect((await listed(it.history)).runs).toEqual([7, 11]);
      expect(value(await it.history.ask({ where: 'seconds > 5', sort: 'seconds' })).runs).toHaveLength(2);
    });
  }

  test('is the same, made at once or step by step', async () => {
    const it = await setting();
    await using _ = it.rig;
    for (const n of [4, 2, 8, 6]) {
      value(await it.history.write(run(n, n === 6 ? { params: { trees: 'many', new: true } } : {})));
      await listed(it.history);
    }
    const grown = value(await it.history.ask({ details: true }));
    await writeFile(it.file, '');
    expect(value(await it.history.ask({ details: true }))).toEqual(grown);
  });

  test('is made anew, without a word, when it is damaged, older, or of another branch', async () => {
    const it = await setting();
    await using _ = it.rig;
    for (const n of [1, 2, 3]) value(await it.history.write(run(n)));
    await listed(it.history);
    const good = await readFile(it.file);
    const damages: Buffer[] = [
      Buffer.alloc(0),
      Buffer.from('TYRUNS00 of an older program'),
      good.subarray(0, good.length / 2),
      good.subarray(0, 20),
      Buffer.from(good.toString('latin1').replace('"rows":3', '"rows":9'), 'latin1'),
      ...[50, 500, 5_000, good.length - 40].map((at) => {
        const changed = Buffer.from(good);
        changed[at]! ^= 0xff;
        return changed;
      }),
    ];
    for (const bytes of damages) {
      await writeFile(it.file, bytes);
      expect(await listed(it.history, { where: 'trees = 200 and metrics.roc_auc > 0' })).toEqual({
        runs: [3, 2, 1],
        damaged: [],
      });
      expect(value(await it.history.ask({ details: true })).runs[0]!.details!.params).toEqual({
        seed: 7,
        trees: 200,
      });
    }
    const other = openRuns({ repository: it.repository, branch: 'other', root: join(it.rig.path, 'r') });
    expect(await listed(other)).toEqual({ runs: [], damaged: [] });
    expect((await listed(it.history)).runs).toEqual([3, 2, 1]);
  });

  test('is not needed: where it cannot be written, answers are the same', async () => {
    const it = await setting();
    await using _ = it.rig;
    value(await it.history.write(run(1)));
    await mkdir(join(it.file, 'a folder in its place'), { recursive: true });
    expect((await listed(it.history)).runs).toEqual([1]);
    expect((await readdir(join(it.file, '..'))).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('leaves no drafts of killed processes behind, and those of living ones alone', async () => {
    const it = await setting();
    await using _ = it.rig;
    await mkdir(join(it.file, '..'), { recursive: true });
    await writeFile(`${it.file}.old.tmp`, 'half');
    await utimes(`${it.file}.old.tmp`, 0, 0);
    await writeFile(`${it.file}.new.tmp`, 'half');
    await listed(it.history);
    expect((await readdir(join(it.file, '..'))).sort()).toEqual(['runs.bin', 'runs.bin.new.tmp']);
  });

  test('stays out of commits', async () => {
    const it = await setting();
    await using _ = it.rig;
    await listed(it.history);
    expect(await it.rig.git('r', 'status', '--porcelain')).toBe('');
  });

  test('is right for many at once, while others write', async () => {
    const it = await setting();
    await using _ = it.rig;
    const root = join(it.rig.path, 'r');
    const writers = [1, 2, 3, 4].map(async (n) => {
      const mine = openRuns({ repository: await it.rig.open('r'), branch, root });
      value(await mine.write(run(n)));
      expect((await listed(mine)).runs).toContain(n);
    });
    await Promise.all(writers);
    expect((await listed(it.history)).runs).toEqual([4, 3, 2, 1]);
  });

  test('names files that are no records, once read, and lists the others', async () => {
    const it = await setting();
    await using _ = it.rig;
    value(await it.history.write(run(1)));
    const text = JSON.stringify(run(2));
    await put(it.repository, {
      [path(2)]: text.replace('"version":1', '"version":7'),
      [path(3)]: `{"a":${'['.repeat(200_000)}`,
      [path(4)]: `{"a":"${'x'.repeat(10_000_000)}"}`,
      [path(5)]: text.replace('"seconds":2', '"seconds":NaN'),
      'runs/heart-disease/README.md': 'no record',
      [`notes/heart-disease/2026/11/21/${run(1).id}/20261121-030000-000-00000001.json`]: '{"version":1}',
    });
    const { runs, damaged } = await listed(it.history);
    expect(runs).toEqual([1]);
    expect(damaged.map((message) => message.replace(/ is .*/, ''))).toEqual([
      expect.stringMatching(/^notes\//),
      path(2),
      path(3),
      path(4),
      path(5),
    ]);
    expect(damaged[1]).toContain('version 7');
    expect(damaged[3]).toContain('8 MB');
    it.read();
    value(await it.history.write(run(6)));
    expect((await listed(it.history)).damaged).toHaveLength(5);
    expect(it.read()).toEqual([path(6)]);
  });

  test('knows archived records, and shows them when asked', async () => {
    const it = await setting();
    await using _ = it.rig;
    value(await it.history.write(run(1)));
    await put(it.repository, { [`archive/${path(2)}`]: JSON.stringify(run(2)) });
    expect((await listed(it.history)).runs).toEqual([1]);
    expect((await listed(it.history, { archived: true })).runs).toEqual([2, 1]);
  });
});

describe('tags and notes (V7)', () => {
  const at = new Date(Date.UTC(2026, 10, 22));
  const about = { pipeline: 'heart-disease', run: run(1).id, at };

  test('are added, taken back and added again, each in a file of its own', async () => {
    const it = await setting();
    await using _ = it.rig;
    value(await it.history.write(run(1)));
    const tags = async () => value(await it.history.notes(run(1).id)).tags;
    const annotate = (kind: 'tag' | 'untag' | 'note', text: string, random: string) =>
      it.history.annotate({ ...about, kind, text, random });
    const first = value(await annotate('tag', 'best', '00000001'));
    expect(first.path).toBe(`notes/heart-disease/2026/11/21/${run(1).id}/20261122-000000-000-00000001.json`);
    expect(value(await annotate('tag', 'best', '00000002')).written).toBeUndefined();
    expect(await tags()).toEqual(['best']);
    value(await annotate('untag', 'best', '00000003'));
    expect(await tags()).toEqual([]);
    expect(await annotate('untag', 'best', '00000004')).toMatchObject({
      failure: { code: 'runs-tag-absent' },
    });
    value(await annotate('tag', 'best', '00000005'));
    expect(await tags()).toEqual(['best']);
    value(
      await it.history.annotate({
        ...about,
        kind: 'note',
        text: ' Odd data ',
        random: '00000006',
        by: 'ada',
      }),
    );
    expect(value(await it.history.notes(run(1).id)).notes).toEqual([
      { text: 'Odd data', by: 'ada', at: '2026-11-22T00:00:00.000Z' },
    ]);
    expect(value(await it.history.ask({ where: 'tag = best and note ~ Odd' })).total).toBe(1);
    const dry = value(
      await it.history.annotate({ ...about, kind: 'tag', text: 'x', random: '00000007', dryRun: true }),
    );
    expect(dry.written).toBeUndefined();
    expect(await tags()).toEqual(['best']);
  });

  test('of two clones are united whatever the order: a tag that was set meanwhile stays', async () => {
    const it = await setting();
    await using _ = it.rig;
    value(await it.history.write(run(1)));
    value(await it.history.annotate({ ...about, kind: 'tag', text: 'best', random: '00000001' }));
    // Somebody elsewhere, with a clock that is behind, tags it again; an untag here knows only of the first.
    const untag = {
      version: 1,
      run: run(1).id,
      kind: 'untag',
      text: 'best',
      removes: ['20261122-000000-000-00000001'],
      at,
    };
    const tag = { version: 1, run: run(1).id, kind: 'tag', text: 'best', at: new Date(0) };
    const folder = `notes/heart-disease/2026/11/21/${run(1).id}`;
    await put(it.repository, {
      [`${folder}/20261122-000001-000-00000002.json`]: JSON.stringify(untag),
      [`${folder}/19700101-000000-000-00000003.json`]: JSON.stringify(tag),
    });
    expect(value(await it.history.notes(run(1).id)).tags).toEqual(['best']);
    await put(it.repository, {}, [`${folder}/19700101-000000-000-00000003.json`]);
    expect(value(await it.history.notes(run(1).id)).tags).toEqual([]);
  });

  test('are refused when they are no words, or nothing', async () => {
    const it = await setting();
    await using _ = it.rig;
    for (const text of ['', ' ', 'two words', '-x', 'a'.repeat(65), 'x\u001b[31m', '../x', 'a,b']) {
      expect(await it.history.annotate({ ...about, kind: 'tag', text, random: '00000001' })).toMatchObject({
        failure: { code: 'runs-note-invalid' },
      });
    }
    expect(
      await it.history.annotate({ ...about, kind: 'note', text: ' ', random: '00000001' }),
    ).toMatchObject({
      failure: { code: 'runs-note-invalid' },
    });
  });
});
