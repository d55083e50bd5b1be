import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sourceAddress } from '../../../site/parts/repository.ts';
import { shellWord } from '../../../site/parts/shell-word.ts';
import { artifactCommand } from '../../../site/run/artifact-command.ts';
import { checkRecord } from '../../../site/run/check-record.ts';
import { lineageOf } from '../../../site/run/lineage.ts';
import { metricsOf, rankedModels } from '../../../site/run/metric-order.ts';
import type { VersionOfRun } from '../../../site/run/related.ts';
import { baselineRuns } from '../../../site/run/related.ts';
import { runSentence } from '../../../site/run/sentence.ts';
import { sliceGroups } from '../../../site/run/slice-groups.ts';
import { statusCounts, stepGraph } from '../../../site/run/step-groups.ts';
import type { RunRecord } from '../../../src/runs/index.ts';
import { digest, estimate, sampleRecord, step } from '../../runs/sample-record.ts';

const record = sampleRecord();

describe('what the page of a run says in a sentence', () => {
  const cases: readonly (readonly [string, Partial<RunRecord>, RegExp])[] = [
    ['a run that succeeded', {}, /reaches roc_auc 0\.912 \[0\.838, 0\.967\]\./],
    ['a run that was cancelled', { status: 'cancelled' }, /^Cancelled after \d+ of \d+ steps\.$/],
    [
      'a run whose step failed',
      {
        status: 'failed',
        steps: [step('train', { status: 'failed', failure: { code: 'x', message: 'It ended with 1' } })],
      },
      /^train failed: It ended with 1\.$/,
    ],
    ['a run that failed without saying why', { status: 'failed', steps: [] }, /^The run failed\.$/],
    [
      'a run whose gate fails',
      {
        gates: {
          verdict: 'fail',
          results: [{ gate: { metric: 'roc_auc', min: 1 }, verdict: 'fail', reason: 'too small' }],
        },
      },
      /1 of 1 gate fails\.$/,
    ],
  ];
  it.each(cases)('of %s', (_, more, said) => {
    expect(runSentence({ ...record, ...more })).toMatch(said);
  });
});

describe('steps as a graph', () => {
  it('puts the members of a matrix into one box, the troubled ones first, and one arrow between boxes', () => {
    const members = Array.from({ length: 30 }, (_, i) =>
      step(`train[${i}]`, {
        matrix: { depth: i },
        needs: ['validate'],
        status: i === 20 ? 'failed' : 'ran',
      }),
    );
    const steps = [
      step('validate'),
      ...members,
      step('evaluate', { needs: [...members.map(({ id }) => id), 'nobody'] }),
    ];
    const { groups, boxes, edges } = stepGraph(steps);
    expect(boxes.map(({ id }) => id)).toEqual(['validate', 'train', 'evaluate']);
    expect(groups.get('train')!.shown.length).toBe(7);
    expect(groups.get('train')!.shown[0]!.id).toBe('train[20]');
    expect(new Set(edges.map((edge) => edge.join(' ')))).toEqual(
      new Set(['validate train', 'train evaluate']),
    );
    expect(statusCounts(members)).toBe('1 failed, 29 ran');
  });
});

describe('slices', () => {
  const slice = (value: string, metrics: Readonly<Record<string, number>>) => ({
    column: 'sex',
    value,
    rows: 20,
    missing: {},
    metrics: Object.fromEntries(Object.entries(metrics).map(([name, at]) => [name, estimate(at, at, at)])),
  });

  it('have a worst group, in the direction of the metric, and none when all are the same', () => {
    const slices = [slice('f', { roc_auc: 0.8, log_loss: 0.2 }), slice('m', { roc_auc: 0.9, log_loss: 0.5 })];
    expect(sliceGroups(slices, 'roc_auc')[0]!.worst!.value).toBe('f');
    expect(sliceGroups(slices, 'log_loss')[0]!.worst!.value).toBe('m');
    expect(sliceGroups([slices[0]!, { ...slices[0]!, value: 'm' }], 'roc_auc')[0]!.worst).toBeUndefined();
    expect(sliceGroups(slices, 'unknown')[0]!.worst).toBeUndefined();
  });
});

describe('the metrics of a run', () => {
  it('begin with the main one, and rank the models in its direction', () => {
    expect(metricsOf(record)[0]).toBe('roc_auc');
    expect(rankedModels(record, 'log_loss').map(({ step: of }) => of)).toEqual([
      'train[random-forest]',
      'train[logistic-regression]',
      'train[baseline]',
    ]);
    expect(rankedModels(record, 'roc_auc').at(-1)!.step).toBe('train[baseline]');
  });
});

describe('lineage', () => {
  const version = (more: object): VersionOfRun =>
    ({
      model: 'heart-disease',
      facts: { version: 'v1.2.0', run: record.id, stages: ['production'], ...more },
      deployments: [
        { stage: 'production', branch: 'deploy/production', now: { version: 'v1.2.0', counter: 7 } },
        { stage: 'staging', branch: 'deploy/staging', now: { version: 'v1.2.0' } },
        { stage: 'production', branch: 'other', now: { version: 'v1.1.0' } },
      ],
    }) as unknown as VersionOfRun;

  it('goes from commit, data and parameters over the model to versions, stages and what is deployed there', () => {
    const { nodes, edges } = lineageOf(record, [version({})]);
    expect([...nodes.values()].map(({ kind, title }) => `${kind} ${title}`)).toEqual([
      'commit aaaaaaa',
      'data patients',
      'parameters 2 parameters',
      'model train[random-forest]',
      'version heart-disease v1.2.0',
      'stage production',
      'deployment deploy/production',
      'deployment deploy/staging',
    ]);
    // What runs there is what became of the model, whatever the registry says by now.
    expect(edges).toContainEqual(['version heart-disease v1.2.0', 'deployment heart-disease deploy/staging']);
    expect(edges.filter(([, to]) => to === 'model').length).toBe(3);
  });

  it('ends where the run ended', () => {
    const { model: _, ...rest } = record;
    const { nodes, edges } = lineageOf({ ...rest, code: null }, []);
    expect(nodes.get('commit')!.title).toBe('outside of Git');
    expect(edges).toEqual([]);
  });
});

describe('what a page makes of texts that it does not trust', () => {
  it('is one word of a shell, which brings back the text (V7)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        const plain = execFileSync('bash', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' });
        expect(plain.length).toBe(text.length);
      }),
      { numRuns: 60 },
    );
    expect(shellWord("a'b; rm -rf /\n")).toBe(`'a'\\''b; rm -rf /?'`);
    expect(shellWord('-rf')).toBe(`'-rf'`);
  });

  it('is a command only for digests, with a plain name of a file', () => {
    const artifact = { digest: digest('x'), name: '../../.bashrc $(x)' };
    const hex = artifact.digest.slice(7);
    expect(artifactCommand({ kind: 'folder', folder: 'my store/' }, artifact)).toBe(
      `cp 'my store/sha256/${hex.slice(0, 2)}/${hex.slice(2)}' bashrc-x-`,
    );
    expect(
      artifactCommand({ kind: 'bucket', bucket: 'b', prefix: 'p/' }, { ...artifact, name: 'model' }),
    ).toBe(`aws s3 cp s3://b/p/sha256/${hex.slice(0, 2)}/${hex.slice(2)} model.onnx`);
    expect(
      artifactCommand(
        { kind: 'registry', host: 'r.example', repository: 'a/b' },
        { ...artifact, name: 'facts' },
      ),
    ).toBe(`oras blob fetch --output facts r.example/a/b@sha256:${hex}`);
    expect(
      artifactCommand({ kind: 'folder', folder: 's' }, { digest: 'sha256:$(x)', name: 'a' }),
    ).toBeUndefined();
    expect(artifactCommand(undefined, artifact)).toBeUndefined();
  });

  it('is an address only on the host of the repository, over HTTP', () => {
    const commit = 'a'.repeat(40);
    const at = 'https://github.com/owner/name';
    expect(sourceAddress(at, commit)).toBe(`${at}/commit/${commit}`);
    expect(sourceAddress(at, commit, 'a b/c#d?.csv')).toBe(`${at}/blob/${commit}/a%20b/c%23d%3F.csv`);
    expect(sourceAddress(at, commit, '../../settings')).toBeUndefined();
    expect(sourceAddress(at, 'main')).toBeUndefined();
    expect(sourceAddress('javascript:alert(1)//', commit)).toBeUndefined();
    expect(sourceAddress(undefined, commit)).toBeUndefined();
  });

  it('is a record only when it is the run that was asked for, in a version that is known', () => {
    expect(checkRecord(record, record).kind).toBe('readable');
    expect(checkRecord({ ...record, version: 2 }, record)).toEqual({ kind: 'other-version', version: '2' });
    for (const broken of [
      null,
      [],
      'text',
      { ...record, id: 'other' },
      { ...record, steps: {} },
      { ...record, code: 1 },
    ])
      expect(checkRecord(broken, record).kind).toBe('damaged');
  });

  it('is a run only where a baseline names one', () => {
    const gates = (origin: string): RunRecord => ({
      ...record,
      gates: { verdict: 'pass', results: [], baselines: [{ name: 'best', origin }] },
    });
    expect(baselineRuns(gates('run 20261101-010203-0a0a0a0a at abc1234'))).toEqual([
      { name: 'best', run: { pipeline: 'heart-disease', id: '20261101-010203-0a0a0a0a' } },
    ]);
    expect(baselineRuns(gates(`run ${record.id}`))).toEqual([]);
    expect(baselineRuns(gates('no version stands in production'))).toEqual([]);
  });
});
