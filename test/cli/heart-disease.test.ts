import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/runs/index.ts';
import type { Answer } from '../rig/repository.ts';
import { Repository } from '../rig/repository.ts';

describe('the main job on heart-disease', () => {
  let repository: Repository;
  let first: Answer;

  beforeAll(async () => {
    repository = Repository.withHeartDisease();
    first = await repository.trainyard('run', 'heart-disease');
  }, 120_000);
  afterAll(() => repository[Symbol.dispose]());

  const latest = async (): Promise<RunRecord> =>
    JSON.parse((await repository.trainyard('runs', 'show', 'latest', '--json')).stdout) as RunRecord;

  it('T1: validates, trains, evaluates, chooses, judges and records with one command', async () => {
    expect(first.stderr).not.toContain('bug');
    expect(first.code, first.stderr).toBe(0);
    for (const text of [
      'logistic-regression',
      'random-forest',
      'gradient-boosting',
      'baseline',
      'roc_auc',
      'pass',
    ]) {
      expect(first.stdout).toContain(text);
    }
    const record = await latest();
    expect(first.stdout).toContain(record.id);
    expect(record.verdict).toBe('pass');
    expect(record.models).toHaveLength(4);
    const chosen = record.models.find((model) => model.step === record.model?.step);
    expect(chosen?.evaluation?.metrics['roc_auc']?.value).toBeGreaterThanOrEqual(0.88);
  });

  it('V1: keeps the record as one file on the runs branch, and leaves the work tree alone', async () => {
    const record = await latest();
    const [date] = record.id.split('-') as [string];
    const path = `runs/heart-disease/${date.slice(0, 4)}/${date.slice(4, 6)}/${date.slice(6, 8)}/${record.id}.json`;
    const shown = JSON.parse(repository.git('show', `trainyard/runs:${path}`)) as RunRecord;
    expect(record).toEqual({ ...shown, tags: [], notes: [] });
    expect(shown.code?.commit).toBe(repository.git('rev-parse', 'HEAD').trim());
    expect(shown.code?.dirty).toBe(false);
    expect(repository.git('status', '--porcelain')).toBe('');
  });

  it('P5: no value of a personal column enters the record, the report or the log', async () => {
    const text = JSON.stringify(await latest()) + first.stdout + first.stderr;
    expect(text).not.toMatch(/P[0-3][0-9]{2}\b/);
  });

  it('P5: leaves nothing in the home of the user: no library there keeps an identifier to report with', () => {
    expect(repository.filesAtHome()).toEqual([]);
  });

  it('re-uses every step the second time, says so, and gives the same model', async () => {
    const before = await latest();
    const second = await repository.trainyard('run', 'heart-disease');
    expect(second.code).toBe(0);
    expect(second.stderr).toContain('all up to date');
    const after = await latest();
    expect(after.id).not.toBe(before.id);
    expect(after.steps.every((step) => step.status === 'cached')).toBe(true);
    expect(after.model?.digest).toBe(before.model?.digest);
  });

  it('refuses a parameter that an estimator cannot take before anything runs', async () => {
    const run = await repository.trainyard('run', 'heart-disease', '--param', 'trees=-1');
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('trees');
    expect(run.stderr).not.toContain('started');
  });

  it('T5: a changed parameter re-runs only what depends on it, and why names it', async () => {
    repository.edit('pipelines/heart-disease/pipeline.yaml', 'trees: 200', 'trees: 150');
    const why = await repository.trainyard('why', 'heart-disease', 'train');
    expect(why.stdout).toMatch(/trees/);
    expect(why.stdout).toMatch(/200/);
    expect(why.stdout).toMatch(/150/);
    const after = await repository.trainyard('why', 'heart-disease', 'evaluate');
    expect(after.stdout).toContain('evaluate depends on train[random-forest] (trees: 200 -> 150)');
    const run = await repository.trainyard('run', 'heart-disease');
    expect(run.code, run.stderr).toBe(0);
    const status = new Map((await latest()).steps.map((step) => [step.id, step.status]));
    expect(status.get('data.patients')).toBe('cached');
    expect(status.get('validate')).toBe('cached');
    expect(status.get('train[logistic-regression]')).toBe('cached');
    expect(status.get('train[baseline]')).toBe('cached');
    expect(status.get('train[random-forest]')).toBe('ran');
    expect(status.get('train[gradient-boosting]')).toBe('ran');
    expect(status.get('evaluate')).toBe('ran');
  });

  it('V2: compares the last two runs, with only the parameter that differs', async () => {
    const diff = await repository.trainyard('runs', 'diff', '--md');
    expect(diff.code).toBe(0);
    expect(diff.stdout).toMatch(/\| *`?trees`? *\|/);
    expect(diff.stdout).not.toMatch(/\| *`?seed`? *\|/);
    expect(diff.stdout).toContain('roc_auc');
  });

  it('D1: refuses data that breaks the contract, with file and line, and records that', async () => {
    repository.edit('pipelines/heart-disease/data/cleveland.csv', 'P002,67,male', 'P002,670,male');
    const validate = await repository.trainyard('validate', 'heart-disease');
    expect(validate.code).toBe(1);
    expect(validate.stdout).toMatch(/cleveland\.csv:3/);
    const run = await repository.trainyard('run', 'heart-disease');
    expect(run.code).toBe(1);
    const record = await latest();
    expect(record.verdict).toBe('fail');
    expect(record.data['patients']?.checks?.verdict).toBe('fail');
    expect(record.steps.find((step) => step.id === 'evaluate')?.status).toBe('skipped');
  });
});
