import { digestOfBytes } from '../../src/base/index.ts';
import type { ModelState, ModelVersion, RegisterEvent } from '../../src/registry/index.ts';
import type { ModelCardFacts, OwnerNotes } from '../../src/report/index.ts';
import { readOwnerNotes } from '../../src/report/index.ts';
import type { RunRecord } from '../../src/runs/index.ts';
import { estimate, evaluation, sampleRecord } from '../runs/sample-record.ts';
import { hostile } from './cases.ts';

const base = sampleRecord();
const chosen = base.models.find(({ digest }) => digest === base.model!.digest)!;

const slices = [
  ['sex', 'female', 24, 0.86, 0.7, 0.98],
  ['sex', 'male', 52, 0.93, 0.85, 0.99],
  ['age', '< 45', 9, 0.99, 0.9, 1],
  ['age', '>= 45', 67, 0.9, 0.82, 0.96],
  ['name', 'Grace Hopper', 30, 0.5, 0.4, 0.6],
  ['postcode', '8001', 30, 0.5, 0.4, 0.6],
] as const;

/** With everything that a card can tell; columns of personal data have slipped into it. */
const measured: RunRecord = {
  ...base,
  models: [
    {
      ...chosen,
      signature: {
        inputs: [
          { name: 'age', type: 'double', shape: [null, 1] },
          { name: 'sex', type: 'string', shape: [null, 1] },
        ],
        outputs: [
          { name: 'label', type: 'int64', shape: [null] },
          { name: 'probabilities', type: 'double', shape: [null, 2] },
        ],
        opsets: { '': 21 },
      },
      evaluation: evaluation(chosen.evaluation!.metrics, {
        missing: { brier: 'the probabilities do not add up to 1' },
        slices: slices.map(([column, value, rows, auc, low, high]) => ({
          column,
          value,
          rows,
          metrics: { roc_auc: estimate(auc, low, high) },
          missing: {},
        })),
      }),
    },
  ],
  model: {
    ...base.model!,
    choice: {
      version: 1,
      step: chosen.step,
      digest: chosen.digest,
      metric: 'roc_auc',
      estimate: estimate(0.912, 0.838, 0.967),
      among: 3,
      runnerUp: {
        step: 'train[logistic-regression]',
        difference: {
          metric: 'roc_auc',
          baseline: 0.912,
          value: 0.908,
          difference: estimate(-0.004, -0.03, 0.021),
          noise: true,
        },
      },
      excluded: [],
    },
  },
  gates: {
    verdict: 'inconclusive',
    results: [
      ...base.gates!.results.slice(0, 1),
      {
        gate: { metric: 'roc_auc', baseline: 'production', 'max-drop': 0.01 },
        verdict: 'inconclusive',
        reason: 'there is no baseline production: no version of heart-disease is in production',
      },
      {
        gate: { metric: 'recall', slice: 'postcode', 'max-gap': 0.1 },
        verdict: 'inconclusive',
        reason: 'recall by postcode: 8001 has 3 rows, 20 are needed',
      },
    ],
  },
};

const commit = 'a'.repeat(40);

function version(name: string, over: Partial<RegisterEvent>, more: Partial<ModelVersion> = {}): ModelVersion {
  const event: RegisterEvent = {
    kind: 'register',
    version: 1,
    model: 'heart-disease',
    name,
    digest: chosen.digest,
    by: { name: '@ada', proof: 'forge' },
    at: '2026-11-21T04:00:00.000Z',
    after: null,
    commit,
    run: base.id,
    pipeline: 'heart-disease',
    record: digestOfBytes('record'),
    bump: { rule: 'first', because: 'it is the first version' },
    metrics: { recall: estimate(0.857, 0.727, 0.962), roc_auc: estimate(0.912, 0.838, 0.967) },
    ...over,
  };
  const tag = `heart-disease@${name}`;
  return {
    name,
    commit,
    digest: event.digest,
    registered: { tag, id: 'b'.repeat(40), commit, event },
    archived: false,
    stages: [],
    ...more,
  };
}

function state(versions: readonly ModelVersion[]): ModelState {
  const nothing = { stages: {}, events: [], requests: [], problems: [], counter: 0, head: undefined };
  return { model: 'heart-disease', versions, ...nothing };
}

const old = version('v1.0.0', {
  digest: digestOfBytes('old'),
  by: { name: 'ada@example.org', proof: 'nobody' },
});
const now = version(
  'v1.1.0',
  { bump: { rule: 'minor', because: 'since v1.0.0: the declared features have changed' } },
  { stages: ['staging', 'production'] },
);

export const ownersText = `---
license: cc-by-4.0
language: [en]
tags: [medicine]
library_name: something-else
---
# Heart disease

For demonstrations. **Not a medical device.**

## Limits

Patients of one hospital, 1988.

## Whom to ask

The cardiology team.

\`\`\`text
## this is no heading
\`\`\`
`;

const notes: OwnerNotes = (() => {
  const read = readOwnerNotes('pipelines/heart-disease/model-card.md', ownersText);
  if (!read.ok) throw new Error(read.failure.message);
  return read.value;
})();

const hostileRecord: RunRecord = JSON.parse(JSON.stringify(measured), (key, value: unknown) =>
  ['reason', 'description', 'because', 'value', 'step'].includes(key) && typeof value === 'string'
    ? hostile
    : value,
) as RunRecord;

const personal = new Set(['postcode']);

/** One card each. */
export const cardCases: Readonly<Record<string, ModelCardFacts>> = {
  'a version with notes of its owner': {
    model: 'heart-disease',
    version: now,
    state: state([now, old]),
    record: measured,
    notes,
    personal,
  },
  'a run that nobody registered': { model: 'heart-disease', record: base, personal: new Set() },
  'a version with hostile text': {
    model: 'heart-disease',
    version: { ...now, name: 'v1.1.0' },
    state: state([
      version('v1.1.0', {
        bump: { rule: 'minor', because: hostile },
        by: { name: `@${hostile}`, proof: 'nobody' },
      }),
    ]),
    record: hostileRecord,
    personal,
  },
};
