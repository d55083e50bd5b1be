import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparisonAddress, readComparison, withoutRun, withRun } from '../../site/compare/address.ts';
import type { SweepRun } from '../../site/compare/sweep.ts';
import { axisOf, fits } from '../../site/compare/sweep.ts';
import { seededRandom } from '../../src/base/index.ts';
import { measure, pairedDifference } from '../../src/evaluate/index.ts';
import type { RunRecord } from '../../src/runs/index.ts';
import { answeredSample, measurePairs } from '../../src/site/compare/measure-pairs.ts';
import { writeComparisons } from '../../src/site/compare/write-compare.ts';
import type { AnswersFile, CompareFile } from '../../src/site/format/index.ts';
import { artifactFile, pairing, recordFile, shortName } from '../../src/site/format/index.ts';
import { siteOutput } from '../../src/site/output.ts';
import type { SiteSources } from '../../src/site/sources.ts';
import { openSession, quoteText } from '../../src/sql/index.ts';
import type { Store } from '../../src/store/index.ts';
import { openStore } from '../../src/store/index.ts';
import { digest, estimate, evaluation, model, sampleRecord, step } from '../runs/sample-record.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-compare-'));
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

const rows = 90;

/** What a model said of the same rows, more or less sharply. */
function answersOf(seed: number, sharpness: number): AnswersFile {
  const truths = seededRandom(1);
  const said = seededRandom(seed);
  const truth = Array.from({ length: rows }, () => (truths() < 0.4 ? 1 : 0));
  const positive = truth.map((each) => Math.min(0.999, Math.max(0.001, each * sharpness + said() * 0.7)));
  return {
    version: 1,
    task: 'classification',
    classes: ['0', '1'],
    truth,
    labels: positive.map((each) => (each > 0.5 ? 1 : 0)),
    probabilities: [positive.map((each) => 1 - each), positive],
  };
}

/** A run whose chosen model is that of a step, measured on held-out rows that their digest names. */
function runOf(
  id: string,
  heldOut: string,
  more: Partial<RunRecord> = {},
  said = answersOf(2, 0.4),
): RunRecord {
  const step1 = step('data.patients', {
    artifacts: [{ name: 'held-out', digest: digest(heldOut), bytes: 1 }],
  });
  const [measured] = measure([answeredSample(said, model('any', {}))], { resamples: 0, seed: 0 });
  const made = model(`train ${id}`, measured!.metrics);
  return sampleRecord({
    id,
    steps: [step1],
    data: { patients: { files: [], strata: [] } },
    models: [made],
    model: { step: made.step, digest: made.digest, from: made.step },
    ...more,
  });
}

describe('the worker that compares runs', () => {
  const base = runOf('20261121-031500-1f4a9c1e', 'rows');
  const head = runOf('20261121-031600-1f4a9c1e', 'rows');

  it('gives the numbers of the evaluate step, for the same seed and resamples', () => {
    const [before, after] = [answersOf(2, 0.4), answersOf(3, 0.5)];
    const answer = measurePairs({
      number: 5,
      base: { record: base, answers: before },
      heads: [{ record: runOf(head.id, 'rows', {}, after), answers: after }],
    });
    const [first, second] = measure(
      [before, after].map((each) => answeredSample(each, model('any', {}))),
      pairing,
    );
    const expected = pairedDifference({ metric: 'roc_auc', baseline: first!, candidate: second! })!;
    expect(answer.number).toBe(5);
    expect(answer.compared[0]!.measured).toBe(true);
    const found = answer.compared[0]!.diff.chosen!.metrics.find(({ metric }) => metric === 'roc_auc')!;
    expect(found).toMatchObject({ basis: 'paired', difference: expected.difference });
  });

  it('pairs only answers to the same held-out rows, and says why it did not', () => {
    const answers = answersOf(2, 0.4);
    const measured = (record: RunRecord, said: AnswersFile | undefined) =>
      measurePairs({
        number: 1,
        base: { record: base, answers },
        heads: [said === undefined ? { record } : { record, answers: said }],
      }).compared[0]!.measured;
    expect(measured(runOf(head.id, 'others'), answers)).toBe('other-rows');
    expect(measured({ ...head, steps: [] }, answers)).toBe('rows-unknown');
    expect(measured(head, undefined)).toBe('no-answers');
    const { model: _, ...without } = head;
    expect(measured(without, answers)).toBe('no-model');
    const other = { ...answers, classes: ['no', 'yes'] } as AnswersFile;
    expect(measured(head, other)).toBe('other-question');
    // A command wrote them: they do not give the metrics of the record.
    expect(measured(head, answersOf(3, 0.9))).toBe('other-answers');
    const shorter = { ...answersOf(2, 0.4), truth: answers.truth.slice(1) } as AnswersFile;
    expect(measured(head, shorter)).toBe('other-answers');
  });

  it('compares the models of a step that was asked for', () => {
    const two = (id: string): RunRecord => {
      const record = runOf(id, 'rows');
      return {
        ...record,
        models: [...record.models, model('sklearn', { roc_auc: estimate(0.6, 0.5, 0.7) })],
      };
    };
    const { compared } = measurePairs({
      number: 1,
      base: { record: two(base.id), step: 'sklearn' },
      heads: [
        { record: two(head.id), step: 'sklearn' },
        { record: two(head.id), step: 'gone' },
      ],
    });
    expect(compared[0]!.diff.chosen?.head?.step).toBe('sklearn');
    expect(compared[1]!.measured).toBe('no-model');
  });

  it('measures models of numbers', () => {
    const truth = Array.from({ length: 60 }, (_, i) => i);
    const said = (off: number): AnswersFile => ({
      version: 1,
      task: 'regression',
      truth,
      predicted: truth.map((value, i) => value + off * ((i % 7) - 3)),
    });
    const numeric = (id: string, off: number): RunRecord => {
      const record = runOf(id, 'rows');
      const [found] = measure([answeredSample(said(off), undefined)], { resamples: 0, seed: 0 });
      const measured = evaluation(found!.metrics, { task: 'regression' });
      return { ...record, models: [{ ...record.models[0]!, evaluation: measured }] };
    };
    const { compared } = measurePairs({
      number: 1,
      base: { record: numeric(base.id, 1), answers: said(1) },
      heads: [{ record: numeric(head.id, 0.5), answers: said(0.5) }],
    });
    const rmse = compared[0]!.diff.chosen!.metrics.find(({ metric }) => metric === 'rmse')!;
    expect(rmse).toMatchObject({ basis: 'paired', reading: 'better', better: 'lower' });
  });
});

describe('what a site takes along for comparisons', () => {
  async function place(name: string): Promise<{
    sources: (more?: object) => SiteSources;
    store: Store;
    out: string;
    add: (record: RunRecord) => Promise<void>;
  }> {
    const root = join(folder, name);
    const out = join(root, 'data');
    await mkdir(out, { recursive: true });
    const opened = await openStore('file:store', { root });
    if (!opened.ok) throw new Error(opened.failure.message);
    const records: RunRecord[] = [];
    const index = {
      get count() {
        return records.length;
      },
      pipeline: (row: number) => records[row]!.pipeline,
      id: (row: number) => records[row]!.id,
      version: (row: number) => JSON.stringify(records[row]),
      isArchived: () => false,
    };
    const sources = (site: object = {}): SiteSources =>
      ({
        root,
        project: { site, store: 'file:store' },
        runs: { askIndex: async (ask: (it: typeof index) => unknown) => ({ ok: true, value: ask(index) }) },
        ledger: undefined,
        openStore: async () => opened,
      }) as unknown as SiteSources;
    return {
      sources,
      store: opened.value,
      out,
      add: async (record) => {
        const at = records.findIndex(({ id }) => id === record.id);
        records.splice(at === -1 ? records.length : at, 1, record);
        const file = join(out, recordFile(record.pipeline, record.id));
        await mkdir(join(file, '..'), { recursive: true });
        await writeFile(file, JSON.stringify(record));
      },
    };
  }

  const curve = { version: 1, dataset: 'patients', rows, mainMetric: 'roc_auc', differences: [] };
  const roc = [{ falsePositiveRate: 0, truePositiveRate: 0.5, threshold: null }];

  async function parquet(path: string, keyed: boolean): Promise<Uint8Array> {
    await using session = await openSession({ threads: 1, allowedPaths: [path] });
    const key = keyed ? `'Ada ' || i AS patient_id, ` : '';
    await session.run(
      `COPY (SELECT ${key}CAST(i % 2 AS VARCHAR) AS truth, '1' AS label, 0.25 AS "probability 0", 0.75 AS "probability 1" FROM range(6) AS t(i)) TO ${quoteText(path)} (FORMAT parquet)`,
    );
    return await readFile(path);
  }

  it('is made once, of what is in the store; what is not there is told in a sentence', async () => {
    const { sources, store, out, add } = await place('once');
    const stored = async (bytes: Uint8Array | string) => {
      const put = await store.putBytes(bytes);
      if (!put.ok) throw new Error(put.failure.message);
      return put.value.digest;
    };
    const evaluated = await stored(
      JSON.stringify({
        ...curve,
        candidates: [{ step: 'train', digest: digest('m'), evaluation: { curves: { roc } } }],
      }),
    );
    const learned = await stored('{"step": 1, "loss": 2}\n{"step": 2, "loss": 1}\n');
    const said = await stored(await parquet(join(folder, 'keyed.parquet'), true));
    const artifact = (name: string, of: ReturnType<typeof digest>) => ({ name, digest: of, bytes: 1 });
    await add(
      runOf('20261121-031500-1f4a9c1e', 'rows', {
        steps: [
          step('train', { artifacts: [artifact('learning', learned)] }),
          step('evaluate', {
            artifacts: [artifact('evaluation', evaluated), artifact('predictions/0', said)],
          }),
        ],
      }),
    );
    await add(
      runOf('20261121-031600-1f4a9c1e', 'rows', {
        steps: [step('evaluate', { artifacts: [artifact('evaluation', digest('gone'))] })],
      }),
    );
    const written = await writeComparisons(sources(), siteOutput(out));
    expect(written).toMatchObject({
      ok: true,
      value: {
        added: 2,
        missing: ['Curves of 1 of 2 runs: they are not in the store, and comparisons do without them'],
      },
    });
    const list = async (): Promise<CompareFile> =>
      JSON.parse(await readFile(join(out, 'compare.json'), 'utf8'));
    expect(await list()).toEqual({
      version: 1,
      predictions: false,
      curves: [shortName(evaluated)],
      answers: [],
      learning: [shortName(learned)],
    });
    expect(JSON.parse(await readFile(join(out, artifactFile('curves', evaluated)), 'utf8'))).toMatchObject({
      candidates: [{ step: 'train', curves: { roc } }],
    });

    // Asked for, answers come without keys; taken back, they go.
    const with1 = await writeComparisons(sources({ predictions: true }), siteOutput(out));
    expect(with1).toMatchObject({ ok: true, value: { added: 1 } });
    const answers = await readFile(join(out, artifactFile('answers', said)), 'utf8');
    expect(JSON.parse(answers)).toEqual({
      version: 1,
      task: 'classification',
      classes: ['0', '1'],
      truth: [0, 1, 0, 1, 0, 1],
      labels: [1, 1, 1, 1, 1, 1],
      probabilities: [Array(6).fill(0.25), Array(6).fill(0.75)],
    });
    expect(answers).not.toContain('Ada');
    await writeComparisons(sources(), siteOutput(out));
    expect(await readdir(join(out, 'answers')).catch(() => [])).toEqual([]);

    // Nothing is new, and something still lacks; it comes later.
    const again = async () => (await writeComparisons(sources(), siteOutput(out))) as { value: unknown };
    expect((await again()).value).toMatchObject({ added: 0, missing: [expect.stringContaining('1 of 2')] });
    await stored('gone');
    expect((await again()).value).toEqual({
      added: 0,
      missing: ['1 artifacts named evaluation, learning or predictions are in no known form'],
    });
    expect((await again()).value).toEqual({ added: 0, missing: [] });
  });

  it('is made anew of a record that is another one, and by another Trainyard', async () => {
    const { sources, store, out, add } = await place('anew');
    const evaluation = async (rows: number): Promise<RunRecord> => {
      const content = {
        ...curve,
        candidates: [{ step: 'train', digest: digest('m'), evaluation: { curves: { roc }, rows } }],
      };
      const put = await store.putBytes(JSON.stringify(content));
      if (!put.ok) throw new Error(put.failure.message);
      const artifacts = [{ name: 'evaluation', digest: put.value.digest, bytes: 1 }];
      return runOf('20261121-031500-1f4a9c1e', 'rows', { steps: [step('evaluate', { artifacts })] });
    };
    const named = async (): Promise<readonly string[]> => {
      expect((await writeComparisons(sources(), siteOutput(out))).ok).toBe(true);
      return await readdir(join(out, 'curves'));
    };
    await add(await evaluation(1));
    const [first] = await named();
    await add(await evaluation(2));
    const second = await named();
    expect(second).toHaveLength(1);
    expect(second[0]).not.toBe(first);
    const file = join(out, 'curves', second[0]!);
    const made = await readFile(file, 'utf8');
    await writeFile(file, '{"version":1,"candidates":[]}');
    await named();
    expect(await readFile(file, 'utf8')).not.toBe(made);
    const list = join(out, 'compare-made.json');
    await writeFile(
      list,
      (await readFile(list, 'utf8')).replace(/"trainyard":"[^"]*"/, '"trainyard":"0.0.1"'),
    );
    await named();
    expect(await readFile(file, 'utf8')).toBe(made);
  });

  /** A site with curves and answers of one run, whose list says that another Trainyard made them. */
  async function upgraded(name: string) {
    const at = await place(name);
    const { sources, store, out, add } = at;
    const content = {
      ...curve,
      candidates: [{ step: 'train', digest: digest('m'), evaluation: { curves: { roc }, rows } }],
    };
    const [evaluated, said] = await Promise.all([
      store.putBytes(JSON.stringify(content)),
      store.putBytes(await parquet(join(folder, `${name}.parquet`), false)),
    ]);
    if (!evaluated.ok || !said.ok) throw new Error('the store took nothing');
    const artifacts = [
      { name: 'evaluation', digest: evaluated.value.digest, bytes: 1 },
      { name: 'predictions/0', digest: said.value.digest, bytes: 1 },
    ];
    await add(runOf('20261121-031500-1f4a9c1e', 'rows', { steps: [step('evaluate', { artifacts })] }));
    expect((await writeComparisons(sources({ predictions: true }), siteOutput(out))).ok).toBe(true);
    const list = join(out, 'compare-made.json');
    const text = (await readFile(list, 'utf8')).replace(/"trainyard":"[^"]*"/, '"trainyard":"0.0.1"');
    await writeFile(list, text);
    const curves = join(out, artifactFile('curves', evaluated.value.digest));
    await writeFile(curves, '{"version":1,"candidates":[]}');
    const build = async (site: SiteSources) => {
      const written = await writeComparisons(site, siteOutput(out));
      if (!written.ok) throw new Error(JSON.stringify(written.failure));
      return written.value.missing;
    };
    const listed = async (): Promise<CompareFile> =>
      JSON.parse(await readFile(join(out, 'compare.json'), 'utf8'));
    return { ...at, list, curves, build, listed, evaluated: evaluated.value.digest };
  }

  it('stays as another Trainyard made it while the store lacks the artifact, and is made anew when it has it', async () => {
    const { sources, list, curves, build, listed, evaluated } = await upgraded('lacking');
    const opened = await openStore('file:nothing-yet', { root: join(folder, 'lacking') });
    if (!opened.ok) throw new Error(opened.failure.message);
    const empty = { ...sources({ predictions: true }), openStore: async () => opened } as SiteSources;
    for (let i = 0; i < 2; i++) {
      expect(await build(empty)).toEqual([
        'Curves of 1 of 1 runs: they are not in the store, and stay as another Trainyard made them',
      ]);
      expect(await listed()).toMatchObject({ curves: [shortName(evaluated)], answers: [expect.any(String)] });
      const { kept } = Object.values(JSON.parse(await readFile(list, 'utf8')).runs)[0] as { kept: object[] };
      expect(kept).toMatchObject([{ digest: evaluated, by: '0.0.1' }, { by: '0.0.1' }]);
    }
    expect(JSON.parse(await readFile(curves, 'utf8')).candidates).toEqual([]);
    expect(await build(sources({ predictions: true }))).toEqual([]);
    expect(JSON.parse(await readFile(curves, 'utf8')).candidates).toHaveLength(1);
    expect(await readFile(list, 'utf8')).not.toContain('kept');
  });

  it('stays as it is while the store cannot be opened; answers that are not wanted go all the same', async () => {
    const { sources, out, list, curves, build, listed, evaluated } = await upgraded('shut');
    const before = await readFile(list, 'utf8');
    const failure = { code: 'x', kind: 'world', message: 'nobody answers', remedy: '' };
    const shut = (site: object) =>
      ({ ...sources(site), openStore: async () => ({ ok: false, failure }) }) as unknown as SiteSources;
    const said = ['Curves of runs: the store cannot be opened (nobody answers)'];
    expect(await build(shut({ predictions: true }))).toEqual(said);
    expect(await readFile(list, 'utf8')).toBe(before);
    expect(await listed()).toMatchObject({ curves: [shortName(evaluated)], answers: [expect.any(String)] });
    expect(await readdir(join(out, 'answers'))).toHaveLength(1);
    expect(await build(shut({}))).toEqual(said);
    expect(await readdir(join(out, 'answers')).catch(() => [])).toEqual([]);
    expect(JSON.parse(await readFile(curves, 'utf8')).candidates).toEqual([]);
    // What went comes again, though the list still names it.
    expect(await build(sources({ predictions: true }))).toEqual([]);
    expect(await readdir(join(out, 'answers'))).toHaveLength(1);
    expect(JSON.parse(await readFile(curves, 'utf8')).candidates).toHaveLength(1);
  });

  it('leaves out what a command calls evaluation, learning or predictions and is something else', async () => {
    const { sources, store, out, add } = await place('strange');
    const strange = [
      '',
      'null',
      '<script>alert(1)</script>',
      '{"version": 1, "candidates": 7}',
      '[]',
      '{"version": 2}',
    ];
    const digests = await Promise.all(strange.map((text) => store.putBytes(text)));
    const artifacts = digests.flatMap((put, i) =>
      put.ok
        ? [
            {
              name: ['evaluation', 'learning', `predictions/${i}`][i % 3]!,
              digest: put.value.digest,
              bytes: 1,
            },
          ]
        : [],
    );
    await add(runOf('20261121-031500-1f4a9c1e', 'rows', { steps: [step('evaluate', { artifacts })] }));
    const written = await writeComparisons(sources({ predictions: true }), siteOutput(out));
    expect(written).toMatchObject({ ok: true, value: { added: 0 } });
    if (written.ok) expect(written.value.missing[0]).toMatch(/^6 artifacts named evaluation/);
  });

  it('leaves out a record that is none, whoever pushed it (S4)', async () => {
    const { sources, out, add } = await place('damaged');
    const damaged = step('evaluate', { artifacts: [null] as never });
    await add(runOf('20261121-031500-1f4a9c1e', 'rows', { steps: [damaged] }));
    const written = await writeComparisons(sources({ predictions: true }), siteOutput(out));
    expect(written).toMatchObject({ ok: true, value: { added: 0, missing: [] } });
  });

  it('goes on without a store', async () => {
    const { sources, out, add } = await place('closed');
    await add(runOf('20261121-031500-1f4a9c1e', 'rows'));
    const closed: SiteSources = {
      ...sources(),
      openStore: async () => ({
        ok: false,
        failure: { code: 'x', kind: 'world', message: 'nobody answers', remedy: '' },
      }),
    };
    expect(await writeComparisons(closed, siteOutput(out))).toMatchObject({
      ok: true,
      value: { missing: ['Curves of runs: the store cannot be opened (nobody answers)'] },
    });
  });
});

describe('the address of a comparison', () => {
  const name = (n: number) => ({
    pipeline: 'heart',
    id: `20261121-0315${String(n).padStart(2, '0')}-1f4a9c1e`,
  });
  const read = (address: string) => readComparison(new URL(address, 'http://site').searchParams);

  it('says all that is set, and is read back', () => {
    const view = { runs: [name(1), name(2), name(3)], base: 2, step: 'train[a, b]' };
    expect(read(comparisonAddress(view))).toEqual({ view, notes: [] });
    expect(comparisonAddress({ runs: [], base: 0 })).toBe('/compare.html?');
  });

  it('keeps ten of eleven runs, and tells what is no run', () => {
    const eleven = Array.from({ length: 11 }, (_, i) => name(i + 1));
    const address = comparisonAddress({ runs: eleven, base: 10 });
    const { view, notes } = read(address.replace('runs=', 'runs=<b>,../../x/20261121-031500-1f4a9c1e,'));
    expect(view.runs).toHaveLength(10);
    expect(view.base).toBe(0);
    expect(notes.join(' ')).toContain('The first 10 of 1');
    expect(notes.join(' ')).toContain('“<b>”');
  });

  it('keeps the baseline when another run goes, and takes the first when it goes itself', () => {
    const view = { runs: [name(1), name(2), name(3)], base: 1 };
    expect(withoutRun(view, 0)).toEqual({ runs: [name(2), name(3)], base: 0 });
    expect(withoutRun(view, 2).base).toBe(1);
    expect(withoutRun(view, 1)).toEqual({ runs: [name(1), name(3)], base: 0 });
    expect(
      withRun({ runs: Array.from({ length: 10 }, (_, i) => name(i)), base: 0 }, name(20)).runs,
    ).toHaveLength(10);
  });
});

describe('a sweep', () => {
  const run = (id: number, values: SweepRun['values']): SweepRun => ({
    name: { pipeline: 'p', id: String(id) },
    values,
  });
  const runs = [
    run(1, { 'params.trees': 10, 'params.kind': 'b' }),
    run(2, { 'params.trees': 30, 'params.kind': 'a' }),
    run(3, { 'params.trees': 20 }),
  ];

  it('has numbers by their size on an axis, other values evenly in their order', () => {
    const trees = axisOf('params.trees', runs);
    expect(runs.map(({ values }) => trees.at(values['params.trees']))).toEqual([0, 1, 0.5]);
    const kind = axisOf('params.kind', runs);
    expect(runs.map(({ values }) => kind.at(values['params.kind']))).toEqual([1, 0, undefined]);
    expect(axisOf('params.none', runs).ticks).toEqual([]);
  });

  it('highlights runs whose values are in all ranges', () => {
    const inside = (brushes: Parameters<typeof fits>[1]) =>
      runs.filter((each) => fits(each, brushes)).map(({ name }) => name.id);
    expect(inside({})).toEqual(['1', '2', '3']);
    expect(inside({ 'params.trees': { from: 15 } })).toEqual(['2', '3']);
    expect(inside({ 'params.trees': { from: 15 }, 'params.kind': { value: 'a' } })).toEqual(['2']);
    expect(inside({ 'params.kind': { from: 1 } })).toEqual([]);
  });
});
