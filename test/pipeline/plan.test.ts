// biome-ignore-all lint/suspicious/noTemplateCurlyInString: pipeline files write expressions so
import { rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Plan, PlannedStep } from '../../src/pipeline/index.ts';
import { describeReason, openLocalState, why } from '../../src/pipeline/index.ts';
import { environment, machine, openRig, value } from './rig.ts';

const contract = `
apiVersion: v3.1.0
kind: DataContract
id: c
version: 1.0.0
status: active
schema:
  - name: rows
    properties:
      - { name: id, logicalType: string, required: true, unique: true, primaryKey: true, primaryKeyPosition: 1 }
      - { name: x, logicalType: number, required: true }
      - name: y
        logicalType: integer
        required: true
        quality: [{ type: library, metric: invalidValues, arguments: { validValues: [0, 1] }, mustBe: 0 }]
`;

const rows = ['id,x,y', ...Array.from({ length: 40 }, (_, i) => `r${i},${i / 7},${i % 2}`)].join('\n');

const model = `
version: 1
name: p
params: { trees: 20, seed: 7, note: a }
data:
  d: { path: pipelines/p/rows.csv, contract: c.odcs.yaml, target: y, split: { test: 0.25 } }
features:
  - { columns: [x] }
steps:
  validate: { uses: validate, with: { data: d } }
  train:
    needs: validate
    matrix: { estimator: [logistic-regression, random-forest] }
    uses: train
    with: { data: d, estimator: "\${{ matrix.estimator }}", trees: "\${{ params.trees }}", seed: "\${{ params.seed }}" }
  evaluate: { uses: evaluate, needs: train, with: { data: d, resamples: 100, importance-repeats: 1 } }
  choose: { uses: choose, needs: evaluate, with: { metric: accuracy } }
  shell: { run: "wc -l < $TRAINYARD_DATA_D > $TRAINYARD_OUT/n", outs: { n: n }, params: [note] }
model:
  from: choose
  gates: [{ metric: accuracy, min: 0 }]
`;
const files = { 'c.odcs.yaml': contract, 'rows.csv': rows };

function step(plan: Plan, id: string): PlannedStep {
  const found = plan.steps.find((planned) => planned.id === id);
  if (found === undefined) throw new Error(`no ${id} among ${plan.steps.map((planned) => planned.id)}`);
  return found;
}

describe('a plan', () => {
  it('has a step for each instance, for the preparation of data, and for the gates, each after what it needs', async () => {
    await using rig = await openRig(model, files);
    const plan = value(await rig.plan());
    expect(plan.steps.map(({ id, needs }) => [id, needs])).toEqual([
      ['validate', []],
      ['data.d', ['validate']],
      ['train[logistic-regression]', ['validate', 'data.d']],
      ['train[random-forest]', ['validate', 'data.d']],
      ['evaluate', ['train[logistic-regression]', 'train[random-forest]', 'data.d']],
      ['choose', ['evaluate', 'train[logistic-regression]', 'train[random-forest]']],
      ['shell', ['data.d']],
      ['gates', ['data.d', 'choose', 'evaluate']],
    ]);
    expect(step(plan, 'validate').decision).toMatchObject({ kind: 'run', reasons: [{ kind: 'never-ran' }] });
    expect(step(plan, 'data.d').decision).toMatchObject({ kind: 'pending', on: ['validate'] });
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it('hands held-out rows to evaluation only (T6)', async () => {
    await using rig = await openRig(model, files);
    const plan = value(await rig.plan());
    const reads = plan.steps.map(({ id, reads: all }) => [
      id,
      all.filter(({ output }) => output === 'held-out').length,
    ]);
    expect(Object.fromEntries(reads)).toEqual({
      validate: 0,
      'data.d': 0,
      'train[logistic-regression]': 0,
      'train[random-forest]': 0,
      evaluate: 1,
      choose: 0,
      shell: 0,
      gates: 1,
    });
    expect(step(plan, 'shell').reads).toEqual([{ step: 'data.d', output: 'train-csv' }]);
  });

  it('gives the same fingerprints to the same contents, wherever they are and whenever they were written', async () => {
    const pipeline = 'version: 1\nname: p\nsteps:\n  s: { run: cat src/*, deps: [src] }\n';
    await using one = await openRig(pipeline, { 'src/a': '1', 'src/b': '2' });
    await using other = await openRig(pipeline, { 'src/b': '2', 'src/a': '1' });
    await utimes(path.join(other.root, 'pipelines/p/src/a'), 1, 1);
    expect(step(value(await one.plan()), 's').decision).toEqual(
      step(value(await other.plan()), 's').decision,
    );
  });

  it('drops options that an instance does not know, so that `trees` does not retrain a logistic regression', async () => {
    await using rig = await openRig(model, files);
    const inputs = (plan: Plan, id: string): object => step(plan, id).inputs;
    const before = value(await rig.plan());
    const after = value(await rig.plan({ params: { trees: '30' } }));
    expect(inputs(after, 'train[logistic-regression]')).toEqual(inputs(before, 'train[logistic-regression]'));
    expect(inputs(after, 'train[random-forest]')).not.toEqual(inputs(before, 'train[random-forest]'));
    expect(inputs(after, 'shell')).toEqual(inputs(before, 'shell'));
  });

  it('hands class weights on as the map that they are, to every instance', async () => {
    await using rig = await openRig(model.replace('trees: "', `class-weight: { '1': 3 }, trees: "`), files);
    const plan = value(await rig.plan());
    for (const id of ['train[logistic-regression]', 'train[random-forest]']) {
      const { work } = step(plan, id);
      expect(work).toMatchObject({ request: { options: { 'class-weight': { '1': 3 } } } });
    }
  });

  it('follows the whole way, and then knows exactly what a change touches (T5, V5)', async () => {
    await using rig = await openRig(model, files);
    const first = await rig.run();
    expect(first.outcome.steps.map(({ status, failure }) => failure ?? status)).toEqual(Array(8).fill('ran'));
    expect(new Set(Object.values((await rig.run()).statuses))).toEqual(new Set(['cached']));

    const plan = value(await rig.plan({ params: { trees: '30' } }));
    const state = openLocalState({ root: rig.root, now: Date.now });
    const [forest] = value(why(plan, 'train[random-forest]', state));
    expect(forest?.reasons.map(describeReason)).toEqual(['trees: 20 -> 30']);
    expect(step(plan, 'train[logistic-regression]').decision.kind).toBe('cached');
    expect(step(plan, 'evaluate').decision).toMatchObject({ kind: 'pending', on: ['train[random-forest]'] });

    await rig.run({ plan: { params: { trees: '30' } } });
    const done = value(await rig.plan({ params: { trees: '30' } }));
    const [evaluate] = value(why(done, 'evaluate', openLocalState({ root: rig.root, now: Date.now })));
    expect(evaluate?.decision).toBe('cached');
    expect(evaluate?.before.map(describeReason)).toEqual(['train[random-forest]/model changed']);

    await writeFile(path.join(rig.root, 'pipelines/p/rows.csv'), `${rows}\nr40,1,1\n`);
    const data = value(await rig.plan({ params: { trees: '30' } }));
    expect(value(why(data, 'validate', state))[0]?.reasons.map(describeReason)).toEqual([
      'pipelines/p/rows.csv changed',
    ]);
    const newer = value(
      await rig.plan({
        params: { trees: '30' },
        machine: { ...machine, engines: { duckdb: '2', onnxruntime: '1' } },
      }),
    );
    expect(value(why(newer, 'validate', state))[0]?.reasons.map(describeReason)).toEqual([
      'duckdb: 1 -> 2',
      'pipelines/p/rows.csv changed',
    ]);
  });

  it('says what changed in files, commands and environment of a command', async () => {
    const pipeline = (run: string, env: string): string =>
      `version: 1\nname: p\nsteps:\n  s: { run: "${run}", deps: ["*.txt"], env: { A: ${env} } }\n`;
    await using rig = await openRig(pipeline('echo 1', 'x'), { 'a.txt': '1', 'b.txt': '1' });
    await rig.run();
    await rig.write({ 'pipeline.yaml': pipeline('echo 2', 'y'), 'b.txt': '2', 'c.txt': '3' });
    await rm(path.join(rig.root, 'pipelines/p/a.txt'));
    const { decision } = step(value(await rig.plan()), 's');
    expect(decision.kind === 'run' && decision.reasons.map(describeReason)).toEqual([
      'env A: x -> y',
      'a.txt is gone',
      'b.txt changed',
      'c.txt is new',
      'its command changed',
    ]);
  });

  it('forces steps by key or id, and refuses names that there are not', async () => {
    await using rig = await openRig(model, files);
    await rig.run();
    const plan = value(await rig.plan({ force: ['train[random-forest]', 'shell'] }));
    expect(step(plan, 'train[random-forest]').decision).toMatchObject({
      kind: 'run',
      reasons: [{ kind: 'forced' }],
    });
    expect(step(plan, 'train[logistic-regression]').decision.kind).toBe('cached');
    expect(step(plan, 'shell').decision.kind).toBe('run');
    const { statuses } = await rig.run({ plan: { force: ['train[random-forest]'] } });
    expect(statuses).toMatchObject({ 'train[random-forest]': 'ran', evaluate: 'cached' });
    expect(await rig.plan({ force: ['trian'] })).toMatchObject({
      ok: false,
      failure: [{ code: 'pipeline-step-unknown', remedy: 'Did you mean `train`?' }],
    });
  });

  it('tells every mistake in params at once, with the nearest name', async () => {
    await using rig = await openRig(
      'version: 1\nname: p\nparams: { trees: 2, fast: true, any: null }\nsteps:\n  s: { run: "true" }\n',
    );
    const plan = await rig.plan({ params: { tress: '3', trees: 'many', fast: 'yes' } });
    expect(plan).toMatchObject({
      ok: false,
      failure: [
        { code: 'pipeline-param-unknown', remedy: 'Did you mean `trees`?' },
        { code: 'pipeline-param-invalid' },
        { code: 'pipeline-param-invalid' },
      ],
    });
    expect(value(await rig.plan({ params: { trees: '1e2', fast: 'false', any: '[1]' } })).params).toEqual({
      trees: 100,
      fast: false,
      any: '[1]',
    });
  });

  it('refuses secrets that are not set, and is the same whatever their value is (P5)', async () => {
    await using rig = await openRig(
      'version: 1\nname: p\nsteps:\n  s: { run: "true", secrets: [TOKEN] }\n  t: { run: "echo ${{ env[format(\'{0}EN\', \'TOK\')] }}" }\n',
    );
    expect(await rig.plan({ env: { ...environment, TOKEN: '' } })).toMatchObject({
      ok: false,
      failure: [{ code: 'pipeline-secret-missing' }],
    });
    const one = value(await rig.plan({ env: { TOKEN: 'one-secret' } }));
    const two = value(await rig.plan({ env: { TOKEN: 'two-secret' } }));
    expect(one).toEqual(two);
    expect(JSON.stringify(one)).not.toContain('one-secret');
  });
});

describe('a rejection', () => {
  it('ends what needs it, and is not worked out again until something changes', async () => {
    await using rig = await openRig(model, { ...files, 'rows.csv': `${rows}\nr1,1,1\n` });
    const first = await rig.run();
    expect(first.statuses).toMatchObject({
      validate: 'rejected',
      'data.d': 'skipped',
      shell: 'skipped',
      gates: 'skipped',
    });
    expect(first.outcome.status).toBe('failed');
    expect(first.outcome.steps[0]?.outputs.map(({ name }) => name)).toEqual(['verdict']);
    const second = await rig.run();
    expect(second.outcome.steps[0]).toMatchObject({ status: 'rejected', attempts: 0 });
    expect(second.outcome.steps[1]?.because).toBe('it needs validate, which was rejected');
    await rig.write({ 'rows.csv': rows });
    expect((await rig.run()).outcome.status).toBe('succeeded');
  });
});
