import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Digest, Failure, Result } from '../../src/base/index.ts';
import { failed } from '../../src/base/index.ts';
import { openRepository } from '../../src/git/index.ts';
import { loadPipeline, openLocalState } from '../../src/pipeline/index.ts';
import type { GatesNow, GatesQuestion, ModelState } from '../../src/registry/index.ts';
import { judgeNow, rowsSentence } from '../../src/registry/index.ts';
import type { RunRecord } from '../../src/runs/index.ts';
import { openRuns } from '../../src/runs/index.ts';
import { openStore } from '../../src/store/index.ts';
import { value as one } from '../git/rig.ts';
import { Repository } from '../rig/repository.ts';

const file = 'pipelines/heart-disease/pipeline.yaml';
const data = 'pipelines/heart-disease/data/cleveland.csv';

function value<T>(result: Result<T, Failure | readonly Failure[]>): T {
  return one(result.ok ? result : failed([result.failure].flat()[0]!));
}

describe('V4: the gates of a version, judged now', () => {
  let repository: Repository;
  let record: RunRecord;
  let logistic: Digest;
  let original: string;
  let rows: string;

  beforeAll(async () => {
    repository = Repository.withHeartDisease();
    expect((await repository.trainyard('run', 'heart-disease')).code).toBe(0);
    record = JSON.parse((await repository.trainyard('runs', 'show', '--json')).stdout) as RunRecord;
    logistic = record.models.find(({ step }) => step === 'train[baseline]')!.digest;
    original = repository.read(file);
    rows = repository.read(data);
  }, 120_000);
  afterAll(() => repository[Symbol.dispose]());

  const none = { model: 'heart-disease', versions: [], stages: {}, events: [], requests: [], problems: [] };
  const state = { ...none, counter: 0, head: undefined } as ModelState;

  async function judge(over: Partial<GatesQuestion> = {}): Promise<GatesNow> {
    const root = repository.folder;
    const git = value(await openRepository(root))!;
    const question: GatesQuestion = {
      pipeline: over.pipeline ?? value(await loadPipeline({ root, file })),
      digest: record.model!.digest,
      record,
      state,
      history: openRuns({ repository: git, branch: 'trainyard/runs', root }),
      repository: git,
      store: value(await openStore('file:.trainyard/store', { root })),
      local: openLocalState({ root, now: Date.now }),
      ...over,
    };
    const world = { env: process.env, now: () => new Date(), cpus: 2, temporary: tmpdir() };
    return value(await judgeNow(question, { ...world, signal: new AbortController().signal }));
  }

  it('gives the verdict of the run where nothing has changed, on the very same rows, and leaves no trace', async () => {
    const before = repository.grep('sha256').length;
    const { report, rows } = await judge();
    expect(repository.git('status', '--porcelain')).toBe('');
    expect(repository.grep('sha256').length).toBe(before);
    expect(
      report.results.map(({ reason }) => reason).filter((reason) => !reason.includes('baseline')),
    ).toEqual(
      record.gates!.results.map(({ reason }) => reason).filter((reason) => !reason.includes('baseline')),
    );
    expect(report.verdict).toBe('pass');
    expect(rows?.of).toBe('run');
    expect(rowsSentence(rows!)).toContain('the data are as they were');
    const artifacts = record.steps.find(({ id }) => id === 'data.patients')!.artifacts;
    expect(rows?.digest).toBe(artifacts.find(({ name }) => name === 'held-out')?.digest);
  });

  it('compares with what stands in the stage now, whatever it was in the run', async () => {
    const event = { kind: 'assign', name: 'v1.0.0', digest: record.model!.digest, stage: 'production' };
    const there = { tag: 'heart-disease#production#7', id: 'x', commit: 'x', event };
    const stages = { production: there } as unknown as ModelState['stages'];
    const worse = await judge({ digest: logistic, state: { ...state, stages } });
    const [, drop] = worse.report.results;
    expect(drop?.verdict).toBe('fail');
    expect(drop?.reason).toContain('v1.0.0 by the tag heart-disease#production#7');
    expect(drop?.difference?.baseline).toBeCloseTo(
      record.models.find(({ digest }) => digest === record.model!.digest)!.evaluation!.metrics['roc_auc']!
        .value,
    );
  });

  it('goes by the gates of the file as it is now', async () => {
    try {
      repository.edit(file, 'min: 0.85', 'min: 0.99');
      const { report } = await judge();
      expect(report.verdict).toBe('fail');
      expect(report.results[0]?.reason).toContain('0.99');
    } finally {
      repository.write(file, original);
    }
  });

  it('takes the rows that newer data hold out, because no row changes sides', async () => {
    try {
      const lines = rows.trimEnd().split('\n');
      const more = lines.slice(1, 101).map((line, i) => line.replace(/^P[0-9]+/, `P${500 + i}`));
      repository.write(data, `${[...lines, ...more].join('\n')}\n`);
      const judged = await judge();
      expect(judged.rows?.of).toBe('today');
      expect(judged.report.results[0]?.verdict).not.toBe('inconclusive');
      expect(judged.report.results[0]?.reason).not.toBe(record.gates!.results[0]!.reason);
    } finally {
      repository.write(data, rows);
    }
  });

  it('keeps to the rows of the run when today data break their contract, are gone, or are split otherwise', async () => {
    try {
      repository.edit(data, 'P002,67,male', 'P002,670,male');
      const broken = await judge();
      expect(broken.rows?.of).toBe('run');
      expect(broken.rows?.because).toContain('validate');
      const pipeline = value(await loadPipeline({ root: repository.folder, file }));
      rmSync(join(repository.folder, data));
      expect((await judge({ pipeline })).rows).toMatchObject({
        of: 'run',
        because: 'the data are not at hand',
      });
      repository.write(data, rows);
      repository.edit(file, 'test: 0.25', 'test: 0.5');
      expect((await judge()).rows).toMatchObject({
        of: 'run',
        because: 'the split has changed since its run',
      });
    } finally {
      repository.write(data, rows);
      repository.write(file, original);
    }
  });

  it('is inconclusive, with what would help, when the bytes are not in the store', async () => {
    const missing = `sha256:${'0'.repeat(64)}` as Digest;
    const { report, rows: none } = await judge({ digest: missing });
    expect(report.verdict).toBe('inconclusive');
    expect(report.results).toHaveLength(3);
    expect(report.results[0]?.reason).toMatch(/run its commit again, or share a store/);
    expect(none).toBeUndefined();
  });

  it('is inconclusive about a stage whose model is not in the store', async () => {
    const event = { kind: 'assign', name: 'v1.0.0', digest: `sha256:${'0'.repeat(64)}`, stage: 'production' };
    const stages = {
      production: { tag: 't', id: 'x', commit: 'x', event },
    } as unknown as ModelState['stages'];
    const { report } = await judge({ state: { ...state, stages } });
    expect(report.results.map(({ verdict }) => verdict)).toEqual(['pass', 'inconclusive', 'pass']);
    expect(report.results[1]?.reason).toContain('share a store');
  });
});
