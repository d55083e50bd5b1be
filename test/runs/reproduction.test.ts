import { lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOfBytes } from '../../src/base/index.ts';
import type { Repository } from '../../src/git/index.ts';
import type { Pipeline } from '../../src/pipeline/index.ts';
import type { RunRecord } from '../../src/runs/index.ts';
import {
  bringData,
  checkOut,
  compareRuns,
  environmentChanges,
  explain,
  keepSources,
  reproducibleCommit,
} from '../../src/runs/index.ts';
import { openStore } from '../../src/store/index.ts';
import type { GitRig } from '../git/rig.ts';
import { gitRig, value } from '../git/rig.ts';
import { digest, estimate, model, sampleRecord, step } from './sample-record.ts';

const { signal } = new AbortController();
const builtIn = new Set(['data.patients', 'train[random-forest]', 'evaluate']);

describe('comparing a run with its reproduction', () => {
  it('finds nothing in the same run, however long it took, on whatever machine, and whatever it logged', () => {
    const recorded = sampleRecord({
      steps: [
        step('evaluate', {
          status: 'cached',
          artifacts: outputs({ log: 'a', latency: 'b', evaluation: 'c' }),
        }),
      ],
    });
    const reproduced = sampleRecord({
      id: '20261122-031500-1f4a9c1e',
      seconds: 99,
      environment: { ...recorded.environment, cpus: 64 },
      steps: [
        step('evaluate', { seconds: 9, artifacts: outputs({ log: 'x', latency: 'y', evaluation: 'c' }) }),
      ],
      models: recorded.models.map((each) => ({
        ...each,
        evaluation: { ...each.evaluation!, latency: { singleRow: 1, perRowInBatch: 1, batchRows: 1 } },
      })),
    });
    const { differences, compared } = compareRuns(recorded, reproduced, { builtIn });
    expect(differences).toEqual([]);
    expect(compared).toMatchObject({ files: 1, outputs: 1, gates: 2 });
  });

  it('compares what a command calls latency: only built-in steps measure it apart', () => {
    const run = (text: string): RunRecord =>
      sampleRecord({ steps: [step('mine', { artifacts: outputs({ latency: text }) })] });
    expect(compareRuns(run('a'), run('b'), { builtIn }).differences).toHaveLength(1);
  });

  it('finds the last digit of the end of an interval, and says by how much it differs', () => {
    const run = (low: number): RunRecord =>
      sampleRecord({ models: [model('train[random-forest]', { roc_auc: estimate(0.9, low, 0.95) })] });
    const { differences } = compareRuns(run(0.8), run(0.8 + Number.EPSILON), { builtIn });
    expect(differences).toEqual([
      {
        kind: 'value',
        step: 'train[random-forest]',
        name: 'metrics.roc_auc.low',
        recorded: 0.8,
        reproduced: 0.8 + Number.EPSILON,
        by: 0.8 + Number.EPSILON - 0.8,
      },
    ]);
  });

  it('tells datasets, endings, inputs, outputs, the chosen model, gates and the verdict apart', () => {
    const recorded = sampleRecord();
    const [first, ...others] = recorded.steps;
    const reproduced = sampleRecord({
      verdict: 'fail',
      data: { patients: { ...recorded.data['patients']!, fingerprint: digest('other') } },
      steps: [
        { ...first!, fingerprint: digest('other inputs'), artifacts: outputs({ 'held-out': 'other' }) },
        ...others.map((each) =>
          each.id === 'gates'
            ? { ...each, status: 'failed' as const, failure: { code: 'steps-gates', message: 'no' } }
            : each,
        ),
      ],
      model: { ...recorded.model!, digest: digest('other model') },
      gates: {
        ...recorded.gates!,
        results: recorded.gates!.results.map((each) => ({ ...each, verdict: 'fail' as const })),
      },
    });
    const { differences } = compareRuns(recorded, reproduced, { builtIn });
    expect(differences.map(({ kind }) => kind)).toEqual([
      ...['dataset', 'inputs', 'output', 'ending', 'model', 'gate', 'gate', 'verdict'],
    ]);
    const reasons = explain({ recorded, differences, environment: [], builtIn });
    expect(reasons[0]).toMatch(/^data\.patients was made of other inputs/);
  });

  it('names what changed of programs and machine as what could explain it, but explains nothing when all is the same', () => {
    const recorded = sampleRecord();
    const environment = environmentChanges(recorded.environment, {
      ...recorded.environment,
      onnxruntime: '1.31.0',
      memoryBytes: 1,
    });
    expect(environment.map(({ name }) => name)).toEqual(['memoryBytes', 'onnxruntime']);
    expect(explain({ recorded, differences: [], environment, builtIn })).toEqual([]);
    const differences = [{ kind: 'output' as const, step: 'evaluate', output: 'evaluation' }];
    const reasons = explain({ recorded, differences, environment, builtIn });
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toMatch(/^onnxruntime was 1\.30\.0 and is 1\.31\.0/);
    const failing = [
      {
        kind: 'ending' as const,
        step: 'choose',
        recorded: 'ran',
        reproduced: 'failed',
        failure: 'no python',
      },
      { kind: 'output' as const, step: 'choose', output: 'model' },
    ];
    expect(explain({ recorded, differences: failing, environment: [], builtIn })).toEqual([
      'choose did not end as it did then: no python',
    ]);
    const here = explain({ recorded, differences, environment: [], builtIn });
    expect(here[0]).toMatch(/evaluate is built in .* report it/);
  });

  it('refuses runs that no commit holds', () => {
    const code = sampleRecord().code!;
    const refused = [{ code: null }, { code: { ...code, commit: null } }, { code: { ...code, dirty: true } }];
    for (const more of [...refused, { status: 'cancelled' as const }]) {
      const commit = reproducibleCommit(sampleRecord(more));
      expect(commit.ok ? '' : commit.failure.code).toBe('runs-reproduce-impossible');
    }
    expect(value(reproducibleCommit(sampleRecord()))).toBe(code.commit);
  });
});

describe.each(['auto', 'library'] as const)('laying out a commit (%s)', (engine) => {
  it('writes what the commit has, and nothing of the work tree, filters or line endings', async () => {
    await using rig = await gitRig();
    await rig.repository('r');
    await rig.write('r/.gitattributes', '* text eol=crlf\n');
    await rig.write('r/deep/er/b.txt', 'b\n');
    await rig.git('r', 'add', '.');
    await rig.git('r', 'update-index', '--chmod=+x', 'deep/er/b.txt');
    const commit = await rig
      .git('r', 'commit', '-q', '-m', 'second')
      .then(() => rig.git('r', 'rev-parse', 'HEAD'));
    await rig.write('r/a.txt', 'changed');
    const { folder, left } = await laidOut(rig, await rig.open('r', engine), commit);
    expect(left).toEqual([]);
    expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('a\n');
    expect(await readFile(join(folder, 'deep/er/b.txt'), 'utf8')).toBe('b\n');
    expect((await lstat(join(folder, 'deep/er/b.txt'))).mode & 0o100).toBe(0o100);
    expect((await lstat(join(folder, 'a.txt'))).mode & 0o100).toBe(0);
  });

  it('refuses a tree with a path that leads out, and leaves submodules empty', async () => {
    await using rig = await gitRig();
    const first = await rig.repository('r');
    const blob = await rig.git('r', 'rev-parse', 'HEAD:a.txt');
    const repository = await rig.open('r', engine);
    for (const name of ['..', '.GIT', 'a\\b']) {
      const raw = Buffer.concat([Buffer.from(`100644 ${name}\0`), Buffer.from(blob, 'hex')]);
      await writeFile(join(rig.path, 'tree'), raw);
      const tree = await rig.git('r', 'hash-object', '-t', 'tree', '-w', '--literally', '../tree');
      const commit = await rig.git('r', 'commit-tree', '-m', 'bad', tree);
      const folder = join(rig.path, `bad-${Buffer.from(name).toString('hex')}`);
      await mkdir(folder);
      const done = await checkOut({ repository, commit, folder, signal });
      expect(done.ok ? '' : done.failure.code, name).toMatch(/runs-reproduce-path-unsafe|git-/);
      expect(await readdir(folder)).toEqual([]);
    }
    await writeFile(
      join(rig.path, 'tree'),
      Buffer.concat([Buffer.from('160000 other\0'), Buffer.from(first, 'hex')]),
    );
    const tree = await rig.git('r', 'hash-object', '-t', 'tree', '-w', '--literally', '../tree');
    const { folder, left } = await laidOut(
      rig,
      repository,
      await rig.git('r', 'commit-tree', '-m', 'sub', tree),
    );
    expect(left).toEqual(['the submodule other was left empty']);
    expect(await readdir(join(folder, 'other'))).toEqual([]);
  });

  it('says which commit is missing', async () => {
    await using rig = await gitRig();
    await rig.repository('r');
    const done = await checkOut({
      repository: await rig.open('r', engine),
      commit: 'b'.repeat(40),
      folder: rig.path,
      signal,
    });
    expect(done.ok ? '' : done.failure.code).toBe('git-object-missing');
  });
});

describe('bringing data by its digest', () => {
  it('D3: takes what the commit has, else the work tree, else the store, and names every file that nobody has', async () => {
    await using rig = await gitRig();
    const [to, workRoot] = [join(rig.path, 'tree'), join(rig.path, 'work')];
    const store = value(await openStore(`file:${join(rig.path, 'store')}`, { root: rig.path }));
    await rig.write('tree/committed.csv', 'committed');
    // A pointer, as Git LFS commits them, where the work tree has the bytes.
    await rig.write('tree/large.csv', 'pointer');
    await rig.write('work/large.csv', 'large');
    await rig.write('work/stored.csv', 'newer');
    value(await store.putBytes('stored'));
    const data = (...names: string[]) => dataOf(names.map((name) => [`${name}.csv`, name]));
    const brought = await bringData({
      data: data('committed', 'large', 'stored'),
      to,
      workRoot,
      store,
      signal,
    });
    expect(brought.ok && brought.value.map(({ from }) => from)).toEqual(['commit', 'work-tree', 'store']);
    expect(await readFile(join(to, 'large.csv'), 'utf8')).toBe('large');
    expect(await readFile(join(to, 'stored.csv'), 'utf8')).toBe('stored');
    const refused = await bringData({ data: data('lost', 'committed', 'gone'), to, workRoot, store, signal });
    expect(refused.ok ? [] : refused.failure.map(({ message }) => message)).toEqual([
      expect.stringMatching(/lost\.csv.*sha256:/),
      expect.stringMatching(/gone\.csv.*sha256:/),
    ]);
  });

  it('writes to no path of a record that leads out of its folder, by itself or through a link', async () => {
    await using rig = await gitRig();
    const [to, workRoot] = [join(rig.path, 'tree'), join(rig.path, 'work')];
    const store = value(await openStore(`file:${join(rig.path, 'store')}`, { root: rig.path }));
    value(await store.putBytes('evil'));
    await mkdir(to);
    await symlink(rig.path, join(to, 'link'));
    for (const path of [
      '../evil.csv',
      '/evil.csv',
      'a/../../evil.csv',
      '.git/hooks/x',
      'link/evil.csv',
      '',
    ]) {
      const done = await bringData({ data: dataOf([[path, 'evil']]), to, workRoot, store, signal });
      expect(done.ok ? '' : done.failure[0]?.code, path).toBe('runs-reproduce-path-unsafe');
    }
    expect(await readdir(to)).toEqual(['link']);
  });
});

describe('keeping source files', () => {
  it('D3: keeps what no commit holds, once, and not what Git has; a large dataset only when it is asked for', async () => {
    await using rig = await gitRig();
    await rig.repository('r');
    await rig.write('r/ignored.csv', 'ignored');
    const repository = await rig.open('r');
    const commit = await rig.git('r', 'rev-parse', 'HEAD');
    const store = value(await openStore(`file:${join(rig.path, 'store')}`, { root: rig.path }));
    const files = dataOf([
      ['a.txt', 'a\n'],
      ['ignored.csv', 'ignored'],
    ]);
    const run = (bytes: number | undefined, keep: boolean | undefined, dirty = false) =>
      keepSources({
        pipeline: {
          file: { data: { rows: keep === undefined ? {} : { keep } } },
          root: join(rig.path, 'r'),
        } as unknown as Pipeline,
        record: {
          status: 'succeeded',
          code: { commit, dirty },
          data: {
            rows: {
              ...files['rows']!,
              files: files['rows']!.files.map((file) =>
                bytes === undefined || file.path === 'a.txt' ? file : { ...file, bytes },
              ),
            },
          },
        },
        repository,
        store,
      });
    expect(await run(undefined, false)).toEqual({ kept: [], notes: [] });
    const large = await run(2 ** 30 + 1, undefined);
    expect(large.kept).toEqual([]);
    expect(large.notes).toEqual([expect.stringContaining('keep: true')]);
    for (const dirty of [false, true]) {
      const kept = await run(2 ** 30 + 1, true, dirty);
      expect(kept.kept.map(({ path }) => path)).toEqual(['ignored.csv']);
      await store.remove(digestOfBytes('ignored'));
    }
    expect((await run(undefined, undefined)).kept.map(({ path }) => path)).toEqual(['ignored.csv']);
    expect((await run(undefined, undefined)).kept).toEqual([]);
    expect(await store.has(digestOfBytes('a\n'))).toBe(false);
  });
});

function outputs(texts: Readonly<Record<string, string>>): RunRecord['steps'][number]['artifacts'] {
  return Object.entries(texts).map(([name, text]) => ({ name, digest: digest(text), bytes: text.length }));
}

function dataOf(files: readonly (readonly [string, string])[]): RunRecord['data'] {
  return {
    rows: {
      files: files.map(([path, text]) => ({ path, digest: digest(text), bytes: text.length })),
      strata: [],
    },
  };
}

async function laidOut(
  rig: GitRig,
  repository: Repository,
  commit: string,
): Promise<{ readonly folder: string; readonly left: readonly string[] }> {
  const folder = join(rig.path, `tree-${commit}`);
  await mkdir(folder);
  return { folder, left: value(await checkOut({ repository, commit, folder, signal })) };
}
