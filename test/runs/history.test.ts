import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/index.ts';
import type { RunHistory, RunRecord } from '../../src/runs/index.ts';
import { newRunId, openRuns, recordPath } from '../../src/runs/index.ts';
import type { GitRig } from '../git/rig.ts';
import { gitRig, value } from '../git/rig.ts';
import { sampleRecord } from './sample-record.ts';

const branch = 'trainyard/runs';

/** A history, and a way to put any text at the place of a record. */
interface HistoryRig {
  readonly rig: GitRig;
  readonly history: RunHistory;
  readonly put: (path: string, text: string) => Promise<void>;
}

const kinds: Readonly<Record<string, () => Promise<HistoryRig>>> = {
  'a branch': async () => {
    const rig = await gitRig();
    await rig.repository('r');
    const repository = await rig.open('r');
    return {
      rig,
      history: openRuns({ repository, branch, root: join(rig.path, 'r') }),
      put: async (path, text) => {
        const file = { path, bytes: Buffer.from(text) };
        value(await repository.commitFiles(branch, [file], { message: 'by hand', time: new Date(0) }));
      },
    };
  },
  'a folder': async () => {
    const rig = await gitRig();
    return {
      rig,
      history: openRuns({ repository: undefined, branch, root: rig.path }),
      put: (path, text) => rig.write(`.trainyard/${path}`, text),
    };
  },
};

/** Run number n: one a minute. */
function run(n: number, more: Partial<RunRecord> = {}): RunRecord {
  const time = new Date(Date.UTC(2026, 10, 21, 3, n, 0, n));
  const id = newRunId(time, () => new Uint8Array([n, n, n]));
  return sampleRecord({ id, startedAt: time.toISOString(), ...more });
}

for (const [kind, open] of Object.entries(kinds)) {
  describe(`run records in ${kind}`, () => {
    test('are written as canonical JSON with a line break, and read back as they were (V1)', async () => {
      const { rig, history } = await open();
      await using _ = rig;
      const record = sampleRecord();
      const written = value(await history.write(record));
      expect(written.path.endsWith('runs/heart-disease/2026/11/21/20261121-031500-1f4a9c1e.json')).toBe(true);
      const text =
        written.kind === 'branch'
          ? `${await rig.git('r', 'show', `${branch}:${written.path}`)}\n`
          : await readFile(written.path, 'utf8');
      expect(text).toBe(`${canonicalJson(JSON.parse(JSON.stringify(record)))}\n`);
      expect(value(await history.find(record.id))).toEqual(record);
    });

    test('come newest first, of one pipeline or all, up to a limit, before a run', async () => {
      const { rig, history } = await open();
      await using _ = rig;
      for (const n of [3, 1, 2]) value(await history.write(run(n)));
      value(await history.write(run(4, { pipeline: 'power-load' })));
      const ids = async (...args: Parameters<RunHistory['list']>) =>
        value(await history.list(...args)).records.map((record) => record.id);
      expect(await ids()).toEqual([4, 3, 2, 1].map((n) => run(n).id));
      expect(await ids({ pipeline: 'heart-disease' })).toEqual([3, 2, 1].map((n) => run(n).id));
      expect(await ids({ limit: 2 })).toEqual([4, 3].map((n) => run(n).id));
      expect(await ids({ before: run(3).id })).toEqual([2, 1].map((n) => run(n).id));
      expect(await ids({ pipeline: 'none' })).toEqual([]);
    });

    test('are found by id, by its beginning, and as latest and latest~n', async () => {
      const { rig, history } = await open();
      await using _ = rig;
      expect(await history.find('latest', 'heart-disease')).toMatchObject({ failure: { code: 'runs-none' } });
      for (const n of [1, 2, 3]) value(await history.write(run(n)));
      value(await history.write(run(9, { pipeline: 'power-load' })));
      const id = async (...args: Parameters<RunHistory['find']>) => value(await history.find(...args)).id;
      expect(await id(run(2).id)).toBe(run(2).id);
      expect(await id('20261121-0302')).toBe(run(2).id);
      expect(await id('latest')).toBe(run(9).id);
      expect(await id('latest', 'heart-disease')).toBe(run(3).id);
      expect(await id('latest~2', 'heart-disease')).toBe(run(1).id);
      for (const reference of ['', 'latest~4', '2025', 'nonsense', '../../etc', 'latest~']) {
        expect(await history.find(reference)).toMatchObject({ failure: { code: 'runs-unknown' } });
      }
      expect(await history.find('2026')).toMatchObject({ failure: { code: 'runs-ambiguous' } });
      const near = run(2).id.replace('030200', '030207');
      expect(await history.find(near)).toMatchObject({
        failure: { remedy: expect.stringContaining(run(2).id) },
      });
    });

    test('are never written twice under one id', async () => {
      const { rig, history } = await open();
      await using _ = rig;
      value(await history.write(run(1)));
      expect(await history.write(run(1, { seconds: 99 }))).toMatchObject({ ok: false });
      expect(value(await history.find('latest')).seconds).toBe(sampleRecord().seconds);
    });

    test('are reported and left out when they are damaged, and the others are read', async () => {
      const { rig, history, put } = await open();
      await using _ = rig;
      value(await history.write(run(1)));
      const damages = ['', '{', '[]', 'null', '{"version":1}', JSON.stringify(run(1)), '\uFFFD{}'];
      for (const [i, text] of damages.entries()) await put(recordPath('heart-disease', run(10 + i).id), text);
      await put('runs/heart-disease/README.md', 'not a record');
      await put(
        'runs/heart-disease/2026/11/22/20261121-031500-1f4a9c1e.json',
        'in the folder of another day',
      );
      const listed = value(await history.list());
      expect(listed.records.map((record) => record.id)).toEqual([run(1).id]);
      expect(listed.damaged.map((failure) => failure.code)).toEqual(damages.map(() => 'runs-record-damaged'));
      expect(value(await history.list({ limit: 1 })).records).toHaveLength(1);
      expect(value(await history.find('latest')).id).toBe(run(1).id);
      expect(await history.find(run(10).id)).toMatchObject({ failure: { code: 'runs-record-damaged' } });
    });

    test('of another version are refused with a remedy', async () => {
      const { rig, history, put } = await open();
      await using _ = rig;
      await put(recordPath('heart-disease', run(1).id), JSON.stringify({ ...run(1), version: 2 }));
      expect(await history.find(run(1).id)).toMatchObject({
        failure: { code: 'runs-version-unsupported', remedy: expect.stringContaining('Update') },
      });
    });

    test('with members that a newer program added are read', async () => {
      const { rig, history, put } = await open();
      await using _ = rig;
      const newer = { ...run(1), weather: 'fine', code: { ...run(1).code, tree: 'x' } };
      await put(recordPath('heart-disease', run(1).id), JSON.stringify(newer));
      expect(value(await history.find('latest')).id).toBe(run(1).id);
    });

    test('that do not fit the schema are not written', async () => {
      const { rig, history } = await open();
      await using _ = rig;
      const wrong: readonly unknown[] = [
        { ...run(1), status: 'odd' },
        { ...run(1), extra: true },
        { ...run(1), seconds: Number.NaN },
        { ...run(1), startedAt: 'yesterday' },
        { ...run(1), model: { step: 'x', from: 'y', digest: 'sha256:short' } },
        { ...run(1), id: '../../x' },
        { ...run(1), pipeline: 'a/../../b' },
      ];
      for (const record of wrong) {
        expect(await history.write(record as RunRecord)).toMatchObject({
          failure: { code: 'runs-record-invalid' },
        });
      }
      expect(value(await history.list()).records).toEqual([]);
    });
  });
}

describe('where records are kept', () => {
  test('is said plainly: a branch, or a folder where there is no Git', async () => {
    await using rig = await gitRig();
    await rig.repository('r');
    const repository = await rig.open('r');
    expect(openRuns({ repository, branch, root: '/x' }).place).toEqual({ kind: 'branch', branch });
    const folder = join('/x', '.trainyard', 'runs');
    expect(openRuns({ repository: undefined, branch, root: '/x' }).place).toEqual({ kind: 'folder', folder });
  });

  test('leaves nothing half-written in the folder, and reports a folder that cannot be written', async () => {
    await using rig = await gitRig();
    const history = openRuns({ repository: undefined, branch, root: rig.path });
    const written = value(await history.write(run(1)));
    expect(await readdir(dirname(written.path))).toEqual([`${run(1).id}.json`]);
    await mkdir(join(rig.path, 'full'), { recursive: true });
    await writeFile(join(rig.path, 'full/.trainyard'), 'a file');
    const blocked = openRuns({ repository: undefined, branch, root: join(rig.path, 'full') });
    expect(await blocked.write(run(1))).toMatchObject({ failure: { code: 'runs-io-failed', kind: 'world' } });
  });
});

test('the schema of records is a JSON Schema, and the one that is published', async () => {
  const published = JSON.parse(
    await readFile(new URL('../../schemas/run-record.schema.json', import.meta.url), 'utf8'),
  );
  const { runRecordSchema } = await import('../../src/runs/schemas/run-record-schema.ts');
  expect(runRecordSchema).toEqual(published);
  expect(new Ajv().validateSchema(published)).toBe(true);
});

describe('ids of runs', () => {
  test('sort by time to the millisecond, whatever the random part', () => {
    const zeros = (count: number) => new Uint8Array(count);
    const ones = (count: number) => new Uint8Array(count).fill(255);
    const at = Date.UTC(2026, 10, 21, 3, 15, 0, 0);
    expect(newRunId(new Date(at + 500), () => new Uint8Array([0xa9, 0xc1, 0xe0]))).toBe(
      '20261121-031500-1f4a9c1e',
    );
    for (const later of [1, 9, 16, 999, 1000, 86_400_000]) {
      expect(newRunId(new Date(at), ones) < newRunId(new Date(at + later), zeros)).toBe(true);
    }
    expect(recordPath('p', newRunId(new Date(at), ones))).toBe(
      'runs/p/2026/11/21/20261121-031500-000fffff.json',
    );
  });
});
