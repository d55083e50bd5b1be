import { cp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunRecord } from '../../src/runs/index.ts';
import { writeDatasets } from '../../src/site/data/write-datasets.ts';
import type { DatasetFile, DatasetsFile } from '../../src/site/format/index.ts';
import { siteOutput } from '../../src/site/output.ts';
import { digest } from '../runs/sample-record.ts';
import { openYard, pathOf, run, type Yard } from './rig/yard.ts';

interface Written {
  readonly missing: readonly string[];
  readonly list: DatasetsFile['datasets'];
  file(place: number): Promise<DatasetFile>;
}

async function build(yard: Yard): Promise<Written> {
  const sources = { root: yard.root, runs: yard.history, ledger: undefined };
  const written = await writeDatasets(sources as never, siteOutput(yard.out));
  if (!written.ok) throw new Error(written.failure[0]?.message);
  const { datasets } = JSON.parse(await yard.text('datasets.json')) as DatasetsFile;
  return {
    missing: written.value.missing,
    list: datasets,
    file: async (place) => JSON.parse(await yard.text(datasets[place]!.file)) as DatasetFile,
  };
}

/** A run whose dataset has these contents, contract and verdict. */
function read(
  n: number,
  contents: string,
  more: { contract?: string; verdict?: 'pass' | 'fail' } = {},
): RunRecord {
  const record = run(n);
  const { patients } = record.data as Required<typeof record.data>;
  const { contract = 'contract', verdict = 'pass' } = more;
  return {
    ...record,
    data: {
      patients: {
        ...patients!,
        fingerprint: digest(contents),
        contract: { ...patients!.contract!, digest: digest(contract) },
        checks: {
          ...patients!.checks!,
          verdict,
          checks: patients!.checks!.checks.map((check) => ({
            ...check,
            verdict,
            failed: verdict === 'fail' ? 3 : 0,
          })),
        },
      },
    },
  };
}

describe('the datasets of a site', () => {
  test('have versions by fingerprint, and a history of verdicts in which equal runs are one', async () => {
    await using yard = await openYard();
    await yard.grow([
      read(1, 'a'),
      read(2, 'a'),
      read(3, 'b', { verdict: 'fail' }),
      read(4, 'a'),
      read(5, 'b', { contract: 'newer' }),
    ]);
    const { list, file } = await build(yard);
    expect(list).toMatchObject([
      { pipeline: 'heart-disease', name: 'patients', declared: false, versions: 2, runs: 5 },
    ]);
    expect(list[0]!.newest).toMatchObject({
      run: run(5).id,
      rows: 303,
      verdict: 'pass',
      checks: 1,
      broken: [],
    });
    const { versions, history } = await file(0);
    expect(versions).toMatchObject([
      {
        fingerprint: digest('b'),
        runs: 2,
        newest: run(5).id,
        first: run(3).id,
        contract: digest('newer'),
        verdict: 'pass',
        rows: 303,
      },
      { fingerprint: digest('a'), runs: 3, newest: run(4).id, first: run(1).id },
    ]);
    expect(history.map(({ runs, verdict, newest }) => [runs, verdict, newest])).toEqual([
      [1, 'pass', run(5).id],
      [1, 'pass', run(4).id],
      [1, 'fail', run(3).id],
      [2, 'pass', run(2).id],
    ]);
  });

  test('say which checks of the newest run do not hold, without rows of it', async () => {
    await using yard = await openYard();
    await yard.grow([read(1, 'a', { verdict: 'fail' })]);
    const { list } = await build(yard);
    expect(list[0]!.newest!.broken).toMatchObject([{ rule: 'range', column: 'age', failed: 3 }]);
    expect(JSON.stringify(list)).not.toContain('examples');
  });

  test('are told by the pipeline files too, with what the contract says to people', async () => {
    await using yard = await openYard();
    for (const path of ['trainyard.yaml', 'pipelines/heart-disease'])
      await cp(join(import.meta.dirname, '../..', path), join(yard.root, path), { recursive: true });
    const { list, file, missing } = await build(yard);
    expect(missing).toEqual([]);
    expect(list).toMatchObject([
      {
        declared: true,
        versions: 0,
        runs: 0,
        personal: 1,
        contract: { domain: 'cardiology' },
        classifications: ['restricted'],
      },
    ]);
    const { contract, source } = await file(0);
    expect(source).toMatchObject({
      path: 'pipelines/heart-disease/data/cleveland.csv',
      key: ['patient_id'],
      target: 'diagnosis',
    });
    expect(contract!.columns[1]).toMatchObject({
      name: 'age',
      type: 'integer',
      rules: ['required', 'at least 18', 'at most 110'],
    });
    expect(contract!.columns[0]).toMatchObject({ personal: true, classification: 'restricted' });
    expect(contract!.rules).toEqual(['row count: must be greater or equal to 200']);

    await writeFile(
      join(yard.root, 'pipelines/heart-disease/pipeline.yaml'),
      'version: 1\nname: heart-disease\ndata: 7\n',
    );
    await yard.grow([read(1, 'a')]);
    const broken = await build(yard);
    expect(broken.missing[0]).toContain('pipelines/heart-disease/pipeline.yaml');
    expect(broken.list).toMatchObject([{ declared: false, runs: 1 }]);
  });

  test('have files that no name can lead astray, and that are written once', async () => {
    await using yard = await openYard();
    const state = run(1).data['patients']!;
    const names = ['../../../escape', '<img src=x onerror=alert(1)>', '__proto__', 'a\nb', 'constructor'];
    const data = Object.fromEntries(names.map((name) => [name, state]));
    await yard.grow([{ ...run(1), data }]);
    const { list } = await build(yard);
    expect(list.map(({ name }) => name).sort()).toEqual([...names].sort());
    for (const { file } of list) expect(file).toMatch(/^datasets\/[0-9a-f]{16}\.json$/);
    const before = await yard.files();
    await build(yard);
    expect(await yard.files()).toEqual(before);
    expect(await readdir(join(yard.out, '..'))).toEqual(['data']);

    await yard.put({}, [pathOf(1)]);
    const after = await build(yard);
    expect(after.list).toEqual([]);
    expect([...(await yard.files()).keys()]).toEqual(['datasets.json']);
  });

  test('keep what archived runs read, and skip records that cannot be read', async () => {
    await using yard = await openYard();
    await yard.grow([read(1, 'a'), read(2, 'b')]);
    await yard.put({ [pathOf(3)]: '{' });
    await yard.put({ [`archive/${pathOf(1)}`]: JSON.stringify(read(1, 'a')) }, [pathOf(1)]);
    await rm(join(yard.root, '.git/trainyard'), { recursive: true, force: true });
    const { list, file } = await build(yard);
    expect(list).toMatchObject([{ runs: 2, versions: 2, newest: { run: run(2).id } }]);
    expect((await file(0)).versions.map(({ newest }) => newest)).toEqual([run(2).id, run(1).id]);
  });
});
