import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { digestOfBytes } from '../../src/base/index.ts';
import { builderOf, localBuilder } from '../../src/provenance/builder.ts';
import { formOfStatement } from '../../src/provenance/bundle.ts';
import { recordDigest } from '../../src/provenance/index.ts';
import { makeStatement } from '../../src/provenance/statement.ts';
import type { RunRecord } from '../../src/runs/index.ts';
import { modelDigest, recordOfModel, statementOf } from './rig.ts';

const schema = JSON.parse(readFileSync(new URL('./in-toto-statement.schema.json', import.meta.url), 'utf8'));
const ajv = new Ajv({ strict: false, allErrors: true });
formats.default(ajv, ['date-time', 'uri']);
const check = ajv.compile(schema);

const commit = 'a'.repeat(40);
const github = {
  GITHUB_ACTIONS: 'true',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REPOSITORY: 'org/repository',
  GITHUB_WORKFLOW_REF: 'org/repository/.github/workflows/train.yml@refs/heads/main',
  GITHUB_RUN_ID: '123',
  GITHUB_RUN_ATTEMPT: '2',
  GITHUB_SHA: commit,
  GITHUB_ACTOR: 'octocat',
  RUNNER_NAME: 'runner-of-somebody',
};
const inCi: Partial<RunRecord> = { trigger: { kind: 'push', actor: 'octocat' } };

function attested(record: RunRecord, env: Readonly<Record<string, string>> = {}) {
  return makeStatement({
    record,
    model: { name: 'heart-disease', digest: modelDigest },
    builder: builderOf(env, record),
  });
}

describe('the statement of a run', () => {
  it.each([
    ['on a laptop', recordOfModel(), {}],
    ['in CI', recordOfModel(inCi), github],
    ['outside of Git', recordOfModel({ code: null }), {}],
    ['without data', recordOfModel({ data: {} }), {}],
  ])('P4: has the form of in-toto and of SLSA %s', (_, record, env) => {
    const statement = attested(record, env);
    expect(check(JSON.parse(JSON.stringify(statement))), JSON.stringify(check.errors)).toBe(true);
    expect(formOfStatement(JSON.parse(JSON.stringify(statement)))).toBeUndefined();
  });

  it('names model, pipeline, parameters, commit, data, contract, artifacts and the record', () => {
    const record = recordOfModel();
    const { subject, predicate } = statementOf(record);
    expect(subject).toEqual([{ name: 'heart-disease', digest: { sha256: modelDigest.slice(7) } }]);
    expect(predicate.buildDefinition.externalParameters).toEqual({
      pipeline: 'heart-disease',
      params: { seed: 7, trees: 200 },
      ref: 'refs/heads/main',
    });
    const sha256 = (text: string) => ({ sha256: digestOfBytes(text).slice(7) });
    expect(predicate.buildDefinition.resolvedDependencies).toEqual([
      { name: 'source', digest: { gitCommit: commit } },
      { name: 'dataset:patients', digest: sha256('patients') },
      { name: 'data:patients:pipelines/heart-disease/data/cleveland.csv', digest: sha256('csv') },
      { name: 'contract:patients', digest: sha256('contract') },
    ]);
    expect(predicate.runDetails.metadata).toEqual({
      invocationId: '20261121-031500-1f4a9c1e',
      startedOn: record.startedAt,
      finishedOn: new Date(Date.parse(record.startedAt) + record.seconds * 1000).toISOString(),
    });
    expect(predicate.runDetails.byproducts).toEqual([
      {
        name: 'runs/heart-disease/2026/11/21/20261121-031500-1f4a9c1e.json',
        digest: { sha256: recordDigest(record).slice(7) },
        mediaType: 'application/json',
      },
      { name: 'data.patients/held-out', digest: sha256('held-out') },
    ]);
  });

  it('P5: tells nothing of people, machines and folders outside of the repository', () => {
    const record = recordOfModel({
      trigger: { kind: 'manual', actor: 'jane-doe' },
      data: {
        patients: {
          files: [
            { path: '/home/jane/secret-project/rows.csv', digest: digestOfBytes('1'), bytes: 1 },
            { path: '../../jane/more.csv', digest: digestOfBytes('2'), bytes: 1 },
            { path: 'C:\\Users\\jane\\third.csv', digest: digestOfBytes('3'), bytes: 1 },
            { path: '~jane/fourth.csv', digest: digestOfBytes('4'), bytes: 1 },
          ],
          strata: [],
        },
      },
    });
    const text = JSON.stringify(attested(record, { ...github, GITHUB_ACTOR: 'jane-doe' }));
    expect(text).toContain('data:patients:rows.csv');
    for (const private_ of ['jane', '/home', 'Users', 'runner-of-somebody', 'linux-x64', '25769803776']) {
      expect(text).not.toContain(private_);
    }
  });

  it('lets the fingerprint stand for a dataset of very many files', () => {
    const files = Array.from({ length: 20_000 }, (_, i) => ({
      path: `data/part-${i}.parquet`,
      digest: digestOfBytes(String(i)),
      bytes: 1,
    }));
    const record = recordOfModel({
      data: { events: { fingerprint: digestOfBytes('all'), files, strata: [] } },
    });
    const { resolvedDependencies } = statementOf(record).predicate.buildDefinition;
    expect(resolvedDependencies.map((each) => each.name)).toEqual(['source', 'dataset:events']);
  });

  it('is a function of the record alone', () => {
    expect(attested(recordOfModel())).toEqual(attested(recordOfModel(), { HOSTNAME: 'x', USER: 'y' }));
  });
});

describe('who is said to have executed a run', () => {
  it('is the workflow, when the record was made by this account at this commit', () => {
    expect(builderOf(github, recordOfModel(inCi))).toEqual({
      id: 'https://github.com/org/repository/.github/workflows/train.yml@refs/heads/main',
      source: 'git+https://github.com/org/repository',
      job: 'https://github.com/org/repository/actions/runs/123/attempts/2',
    });
  });

  it('is the workflow also when it committed rows of an event first, and then was about that commit', () => {
    const later = { ...inCi, code: { commit: 'b'.repeat(40), dirty: false } };
    const env = { ...github, TRAINYARD_COMMIT: 'b'.repeat(40) };
    expect(builderOf(env, recordOfModel(later))).toMatchObject({
      source: 'git+https://github.com/org/repository',
    });
    expect(builderOf({ ...env, TRAINYARD_COMMIT: '' }, recordOfModel(later))).toEqual({ id: localBuilder });
  });

  it.each([
    ['it was made on a laptop', {}, github],
    ['it is of another commit', { ...inCi, code: { commit: 'b'.repeat(40), dirty: false } }, github],
    ['it had changes', { ...inCi, code: { commit, dirty: true } }, github],
    ['somebody else started it', { trigger: { kind: 'push', actor: 'somebody' } }, github],
    [
      'the environment is not whole',
      inCi,
      { GITHUB_ACTIONS: 'true', GITHUB_SHA: commit, GITHUB_ACTOR: 'octocat' },
    ],
    ['the server is odd', inCi, { ...github, GITHUB_SERVER_URL: 'javascript:alert(1)' }],
  ] as const)('is nobody in particular, when %s', (_, more, env) => {
    expect(builderOf(env, recordOfModel(more as Partial<RunRecord>))).toEqual({ id: localBuilder });
  });
});
