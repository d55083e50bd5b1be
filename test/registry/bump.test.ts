import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOfBytes } from '../../src/base/index.ts';
import { bumpBetween } from '../../src/registry/versions/bump.ts';
import { nextVersion, versionBefore } from '../../src/registry/versions/next-version.ts';
import type { VersionFacts } from '../../src/registry/versions/version-facts.ts';

const port = (name: string, type = 'double') => ({ name, type, shape: [null, 1] });

const facts: VersionFacts = {
  inputs: [port('age'), port('sex', 'string')],
  outputs: [port('label', 'int64'), { name: 'probabilities', type: 'double', shape: [null, 2] }],
  task: 'classification',
  classes: ['0', '1'],
  target: 'diagnosis',
  columns: new Map([
    ['age', 'integer'],
    ['sex', 'string'],
  ]),
  features: 'sha256:features',
  estimator: 'random-forest',
  step: 'train[random-forest]',
  params: { trees: 200, seed: 7 },
  data: new Map([['patients', digestOfBytes('data')]]),
  contracts: new Map([['patients', digestOfBytes('contract')]]),
  commit: 'a'.repeat(40),
  trainyard: '0.1.0',
};

const changed = (over: Partial<VersionFacts>): VersionFacts => ({ ...facts, ...over });

describe('V3: the automatic number of a version', () => {
  const cases: readonly (readonly [string, Partial<VersionFacts>, string, RegExp])[] = [
    ['an input less', { inputs: [port('age')] }, 'major', /the input sex is no longer there/],
    ['an input more', { inputs: [...facts.inputs, port('chol')] }, 'major', /the input chol is new/],
    [
      'an input of another type',
      { inputs: [port('age', 'int64'), port('sex', 'string')] },
      'major',
      /the input age was double \[n, 1\] and is int64 \[n, 1\]/,
    ],
    ['an output less', { outputs: [port('label', 'int64')] }, 'major', /the output probabilities/],
    ['another target', { target: 'severity' }, 'major', /the target was diagnosis and is severity/],
    ['another task', { task: 'regression', classes: [] }, 'major', /the task was classification/],
    ['a class more', { classes: ['0', '1', '2'] }, 'major', /the classes were 0, 1 and are 0, 1, 2/],
    ['classes in another order', { classes: ['1', '0'] }, 'major', /the classes were/],
    [
      'another type of a column that is read',
      { columns: new Map([['age', 'number']]) },
      'major',
      /the type of the column age was integer and is number/,
    ],
    ['other features', { features: 'sha256:others' }, 'minor', /declared features have changed/],
    ['features of a command', { features: null }, 'minor', /no longer declared/],
    ['another estimator', { estimator: 'logistic-regression' }, 'patch', /the estimator was random-forest/],
    ['another parameter', { params: { trees: 300, seed: 7 } }, 'patch', /trees was 200 and is 300/],
    ['other data', { data: new Map([['patients', digestOfBytes('more')]]) }, 'patch', /the data of patients/],
    [
      'another contract with the same columns',
      { contracts: new Map([['patients', digestOfBytes('stricter')]]) },
      'patch',
      /the contract of patients/,
    ],
    ['other code', { commit: 'b'.repeat(40) }, 'patch', /the code was aaaaaaa and is bbbbbbb/],
    ['nothing else than the bytes', {}, 'patch', /nothing that is recorded has changed/],
  ];
  it.each(cases)('takes %s for what it is', (_, over, rule, because) => {
    const bump = bumpBetween(facts, changed(over));
    expect(bump.rule).toBe(rule);
    expect(bump.because).toMatch(because);
  });

  it('takes features that cannot be told for a minor change, and never for less', () => {
    const { features: _, ...without } = facts;
    expect(bumpBetween(without, changed({ data: new Map() })).rule).toBe('minor');
  });

  it('goes by the largest change, whatever else has changed', () => {
    const both = changed({ features: 'sha256:others', inputs: [port('age')], params: {} });
    expect(bumpBetween(facts, both).rule).toBe('major');
    expect(bumpBetween(facts, changed({ features: 'sha256:others', params: {} })).rule).toBe('minor');
  });

  it('tells only the first few of many changes, each cut to size', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`p${i}`, 'x'.repeat(500)]));
    const { because } = bumpBetween(changed({ params: {} }), changed({ params: many }));
    expect(because.length).toBeLessThan(600);
    expect(because).toContain('and 46 more');
  });
});

describe('the next number', () => {
  const versions = (...names: string[]) => ({ versions: names.map((name) => ({ name })) }) as never;

  it('begins with v1.0.0', () => {
    expect(nextVersion(versions(), undefined, 'patch')).toBe('v1.0.0');
    expect(nextVersion(versions('v1.0.0-rc.1'), undefined, 'patch')).toBe('v1.0.0');
  });

  it('counts from the newest that is no pre-release', () => {
    const state = versions('v2.0.0-rc.1', 'v1.9.3', 'v1.9.2');
    expect(versionBefore(state)?.name).toBe('v1.9.3');
    expect(nextVersion(state, 'v1.9.3', 'patch')).toBe('v1.9.4');
    expect(nextVersion(state, 'v1.9.3', 'major')).toBe('v2.0.0');
  });

  it('is never one that is taken, and always later than the one before (property)', () => {
    const number = fc.nat({ max: 3 });
    const name = fc.tuple(number, number, number).map((parts) => `v${parts.join('.')}`);
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { minLength: 1, maxLength: 20 }),
        fc.constantFrom('major', 'minor', 'patch'),
        (names, rule) => {
          const before = names[0]!;
          const next = nextVersion(versions(...names), before, rule as 'major');
          expect(names).not.toContain(next);
          const [a, b] = [before, next].map((each) => each.slice(1).split('.').map(Number)) as [
            number[],
            number[],
          ];
          const first = a.findIndex((part, i) => part !== b[i]);
          expect(b[first]!).toBeGreaterThan(a[first]!);
        },
      ),
    );
  });
});
