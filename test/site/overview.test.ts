import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyStages } from '../../site/overview/standing.ts';
import type { Result } from '../../src/base/index.ts';
import { digestOfBytes } from '../../src/base/index.ts';
import type { Project } from '../../src/pipeline/index.ts';
import type { RunId } from '../../src/runs/index.ts';
import { openRuns } from '../../src/runs/index.ts';
import type { ListedModel, OverviewFile, StoreFile } from '../../src/site/format/index.ts';
import { logFile, mainMetricOf } from '../../src/site/format/index.ts';
import { boundedLog } from '../../src/site/logs/bounded-log.ts';
import { writeLogs } from '../../src/site/logs/write-logs.ts';
import { mainMetric } from '../../src/site/models/version-facts.ts';
import { siteOutput } from '../../src/site/output.ts';
import { writeOverview } from '../../src/site/overview/write-overview.ts';
import { writeRuns } from '../../src/site/runs/write-runs.ts';
import { openStore } from '../../src/store/index.ts';
import { estimate, sampleRecord, step } from '../runs/sample-record.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'trainyard-overview-'));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

function ok<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

async function json<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(join(root, 'data', path), 'utf8')) as T;
}

const history = () => openRuns({ repository: undefined, branch: 'trainyard/runs', root });
const output = () => siteOutput(join(root, 'data'));

describe('the overview of a site', () => {
  it('is empty before the first run', async () => {
    ok(await writeOverview({ runs: history() }, output()));
    expect(await json('overview.json')).toEqual({ version: 1, newest: [], pipelines: [] });
  });

  it('has the newest runs and, of each pipeline, the line of its main metric', async () => {
    const runs = history();
    for (let i = 0; i < 50; i++) {
      const id = `202611${String(10 + Math.floor(i / 24)).padStart(2, '0')}-${String(i % 24).padStart(2, '0')}0000-1f4a9c1e`;
      const startedAt = `${id.slice(0, 4)}-${id.slice(4, 6)}-${id.slice(6, 8)}T${id.slice(9, 11)}:00:00.000Z`;
      ok(await runs.write(sampleRecord({ id, startedAt })));
    }
    const {
      models: _,
      model: __,
      ...rest
    } = sampleRecord({
      id: '20261101-000000-1f4a9c1e',
      pipeline: 'churn',
      startedAt: '2026-11-01T00:00:00.000Z',
      status: 'failed',
      verdict: 'inconclusive',
    });
    ok(await runs.write({ ...rest, models: [] }));
    // A run that fails before anything is measured is the newest, and hides nothing of those before it.
    const { mainMetric: ___, ...unmeasured } = rest;
    const broken = { id: '20261113-000000-1f4a9c1e', startedAt: '2026-11-13T00:00:00.000Z', models: [] };
    ok(await runs.write({ ...unmeasured, ...broken, pipeline: 'heart-disease' }));
    ok(await writeOverview({ runs }, output()));
    const { newest, pipelines } = await json<OverviewFile>('overview.json');
    expect(newest.length).toBe(12);
    expect(newest[0]).toMatchObject({ id: broken.id });
    expect(newest[0]!.metric).toBeUndefined();
    expect(newest[1]).toMatchObject({
      id: '20261112-010000-1f4a9c1e',
      metric: { name: 'roc_auc', value: 0.912, low: 0.838, high: 0.967 },
    });
    expect(pipelines.map(({ name, runs }) => [name, runs])).toEqual([
      ['heart-disease', 51],
      ['churn', 1],
    ]);
    expect(pipelines[0]!.values.length).toBe(40);
    expect(pipelines[0]!.values.at(-1)!.id).toBe(newest[1]!.id);
    expect(pipelines[0]!.metric).toBe('roc_auc');
    expect(pipelines[1]!.newest).toMatchObject({ status: 'failed' });
    expect(pipelines[1]!.newest.metric).toBeUndefined();
  });
});

describe('the stages of the overview', () => {
  const model = (stages: ListedModel['stages'], name = "it's"): ListedModel => ({
    name,
    file: 'models/x.json',
    versions: 1,
    latest: { version: 'v1.0.0', run: '20261121-031500-1f4a9c1e' as RunId, at: '2026-11-21T03:15:00Z' },
    stages,
    requests: 0,
    problems: 0,
  });

  it('say of one in which nothing stands how a version comes there', () => {
    const since = '2026-11-21T03:15:00Z';
    const stages = [{ name: 'staging' }, { name: 'production', from: 'staging' }];
    const staged = model({ staging: { version: 'v0.9.0', since } });
    // v1.0.0 is newer, and may not come there before it stood in staging.
    expect(emptyStages({ stages, models: [staged] })).toEqual([
      {
        stage: 'production',
        from: 'staging',
        commands: [`trainyard promote 'it'\\''s@v0.9.0' --to production`],
        more: 0,
      },
    ]);
    const live = model({ production: { version: 'v1.0.0', since }, staging: { version: 'v1.0.0', since } });
    expect(emptyStages({ stages, models: [staged, live] })).toEqual([]);
    expect(emptyStages({ stages, models: [] })).toEqual([]);
  });

  it('offer no promotion that the order of stages refuses, and name each model', () => {
    const stages = [{ name: 'constructor' }, { name: 'production', from: 'constructor' }];
    const models = ['a', 'b', 'c', 'd'].map((name) => model({}, name));
    const foreign = { ...model({}, 'other'), latest: undefined } as unknown as ListedModel;
    const promoted = (name: string): string => `trainyard promote ${name}@v1.0.0 --to constructor`;
    expect(emptyStages({ stages, models: [foreign, ...models] })).toEqual([
      { stage: 'constructor', commands: ['a', 'b', 'c'].map(promoted), more: 1 },
      { stage: 'production', from: 'constructor', commands: [], more: 0 },
    ]);
  });
});

describe('the main metric', () => {
  it('is what the model was chosen by, else the first of the evaluation, else the usual one', () => {
    const { choice: _, ...plain } = sampleRecord().model!;
    const chosen = { ...plain, choice: { ...sampleRecord().model!.choice!, metric: 'recall' } };
    expect(mainMetricOf(sampleRecord({ model: chosen, mainMetric: 'log_loss' }))).toBe('recall');
    expect(mainMetricOf(sampleRecord({ model: plain, mainMetric: 'log_loss' }))).toBe('log_loss');
    const { mainMetric: __, ...bare } = sampleRecord({ model: plain });
    expect(mainMetricOf(bare)).toBe('roc_auc');
  });

  it('of a version without its record is not the first by name', () => {
    const metrics = { accuracy: estimate(0.8, 0.7, 0.9), roc_auc: estimate(0.9, 0.8, 0.95) };
    expect(mainMetric({ metrics }, undefined)).toMatchObject({ name: 'roc_auc' });
    expect(mainMetric({ metrics: { ours: estimate(1, 0, 2) } }, undefined)).toMatchObject({ name: 'ours' });
  });
});

describe('logs of steps', () => {
  const writeSite = async (
    store: string,
    texts: readonly string[],
    site: Project['site'] = { logs: true },
  ): Promise<StoreFile> => {
    const runs = history();
    const opened = ok(await openStore(store, { root }));
    const artifacts = [];
    for (const text of texts) artifacts.push({ name: 'log', ...ok(await opened.putBytes(text)) });
    const gone = { name: 'log', digest: digestOfBytes('gone'), bytes: 4 };
    const steps = [...artifacts, gone].map((artifact, i) => step(`s${i}`, { artifacts: [artifact] }));
    ok(await runs.write(sampleRecord({ steps })));
    ok(await writeRuns({ runs }, output()));
    const project = { store, site } as Project;
    ok(await writeLogs({ runs, project, openStore: async () => await openStore(store, { root }) }, output()));
    return await json<StoreFile>('store.json');
  };

  it('are in the site as far as the folder of the store has them', async () => {
    const { place, logs } = await writeSite('file:.trainyard/store', ['hello\n', 'x'.repeat(300_000)]);
    const hex = digestOfBytes('hello\n').slice(7);
    expect(place).toEqual({ kind: 'folder', folder: '.trainyard/store' });
    expect(Object.values(logs)).toEqual([{ bytes: 6 }, { bytes: 300_000, cut: true }]);
    expect(await readFile(join(root, 'data', logFile(hex)), 'utf8')).toBe('hello\n');
  });

  it('are not in the site unless somebody asked for them', async () => {
    const { logs } = await writeSite('file:.trainyard/store', ['hello\n'], {});
    expect(logs).toEqual({});
  });

  it('are no data, models or other artifacts, whichever record names those a log (S4)', async () => {
    const opened = ok(await openStore('file:.trainyard/store', { root }));
    const [own, other, real] = [
      ok(await opened.putBytes('a model')),
      ok(await opened.putBytes('rows,of\n1,2\n')),
      ok(await opened.putBytes('a log\n')),
    ];
    const log = { name: 'log', ...other };
    const runs = history();
    // Another run, of another pipeline and older than any whose logs are published, has them as what they are.
    ok(
      await runs.write(
        sampleRecord({
          id: '20250101-000000-00000000',
          pipeline: 'churn',
          steps: [step('a', { artifacts: [{ name: 'predictions/0', ...other }] })],
        }),
      ),
    );
    ok(
      await runs.write(
        sampleRecord({
          steps: [
            step('a', { artifacts: [log] }),
            step('b', {
              artifacts: [
                { name: 'log', ...own },
                { name: 'model', ...own },
              ],
            }),
            step('c', { artifacts: [{ name: 'log', ...real }] }),
          ],
        }),
      ),
    );
    const data = output();
    ok(await writeRuns({ runs }, data));
    const project = { store: 'file:.trainyard/store', site: { logs: true } } as Project;
    ok(
      await writeLogs(
        { runs, project, openStore: async () => await openStore(project.store, { root }) },
        data,
      ),
    );
    const { logs } = await json<StoreFile>('store.json');
    expect(Object.keys(logs)).toEqual([real.digest.slice(7)]);
  });

  it.each([
    ['absolute', (): string => join(root, 'elsewhere')],
    ['leads out', (): string => `x/../../${basename(root)}/elsewhere`],
  ])('say nothing of folders that are of one machine: one whose path is %s', async (_, folder) => {
    const { place, logs } = await writeSite(`file:${folder()}`, ['hello\n']);
    expect(place).toBeUndefined();
    expect(Object.keys(logs).length).toBe(1);
  });

  it('keep their beginning and their end', () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i}`).join('\n');
    const { text, isCut } = boundedLog(lines);
    expect(isCut).toBe(true);
    expect(text.length).toBeLessThan(132_000);
    expect(text.startsWith('line 0\n')).toBe(true);
    expect(text.endsWith('line 19999')).toBe(true);
    const [, left] = /\n… \((\d+) lines left out here\)\n/.exec(text)!;
    expect(text.split('\n').length - 1 + Number(left)).toBe(20_000);
    expect(boundedLog('short')).toEqual({ text: 'short', isCut: false });
  });
});
