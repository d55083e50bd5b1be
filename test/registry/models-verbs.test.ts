import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  historyOfModel,
  historySummary,
  listModels,
  modelSummary,
  showModel,
} from '../../src/commands/index.ts';
import {
  modelHistoryMarkdown,
  modelHistoryText,
  modelListMarkdown,
  modelListText,
  modelText,
  modelVersionText,
  plainCanvas,
} from '../../src/report/index.ts';
import type { GitRig } from '../git/rig.ts';
import { gitRig } from '../git/rig.ts';
import { assignment, by, done, ledgerOfClone, ledgerOn, registration } from './rig.ts';
import { digestOf } from './tags.ts';

let rig: GitRig;
let commit: string;
const canvas = plainCanvas(140);

beforeAll(async () => {
  rig = await gitRig();
  commit = await rig.repository('source');
  await rig.write(
    'source/trainyard.yaml',
    'version: 1\nstages:\n  - { name: staging, auto: true }\n  - { name: production, from: staging }\n',
  );
  await rig.git('source', 'add', '.');
  await rig.git('source', 'commit', '-q', '-m', 'stages');
  await rig.git('.', 'clone', '-q', '--bare', 'source', 'hub.git');
  for (const clone of ['mine', 'theirs']) await rig.git('.', 'clone', '-q', 'hub.git', clone);
  const ledger = await ledgerOfClone(await rig.open('mine'));
  const day = (date: number) => ({ commit, time: new Date(Date.UTC(2026, 1, date, 12)) });
  await done(ledger, registration('v1.0.0'), day(1));
  await done(ledger, { ...assignment('v1.0.0', 'staging'), cause: 'automatic' } as never, day(2));
  await done(ledger, assignment('v1.0.0', 'production'), day(3));
  await done(ledger, registration('v1.1.0'), day(10));
  await done(ledger, { ...assignment('v1.1.0', 'production'), why: 'better on women over 60' }, day(12));
  const rollback = { ...assignment('v1.0.0', 'production'), cause: 'rollback', why: 'latency doubled' };
  await done(ledger, rollback as never, day(13));
  await done(ledger, registration('v0.1.0', digestOf('load')), { ...day(1), model: 'load' });
  await rig.git('mine', 'tag', '-a', 'load#production#4', '-m', 'please', commit);
  await rig.git('mine', 'push', '-q', 'origin', 'load#production#4');
});
afterAll(() => rig[Symbol.asyncDispose]());

function world(folder: string) {
  return {
    cwd: join(rig.path, folder),
    env: { ...rig.environment, XDG_CACHE_HOME: join(rig.path, 'cache') },
  };
}

function got<T>(result: { ok: true; value: T } | { ok: false; failure: readonly { message: string }[] }): T {
  if (!result.ok) throw new Error(result.failure.map(({ message }) => message).join('\n'));
  return result.value;
}

describe('models list', () => {
  it.each([
    ['in another clone, with what is new at the remote', 'theirs', {}],
    ['of a bare repository by its folder', '.', { repo: 'hub.git' }],
    ['of a clone by its folder', '.', { repo: 'theirs' }],
  ])('V3 shows every model and what stands where: %s', async (_, folder, options) => {
    const listed = got(await listModels(options, world(folder)));
    expect(listed.models.map(modelSummary)).toEqual([
      {
        model: 'heart-disease',
        latest: 'v1.1.0',
        stages: { staging: 'v1.0.0', production: 'v1.0.0' },
        versions: 2,
        requests: [],
        problems: 0,
      },
      {
        model: 'load',
        latest: 'v0.1.0',
        stages: {},
        versions: 1,
        requests: ['load#production#4'],
        problems: 0,
      },
    ]);
    expect(listed.stale).toBeUndefined();
  });

  it('V3 works on a URL without a clone, twice, and fetches no file of it', async () => {
    const repo = `file://${join(rig.path, 'hub.git')}`;
    for (let round = 0; round < 2; round++) {
      const listed = got(await listModels({ repo, stage: 'production' }, world('.')));
      expect(listed.models.map(({ model }) => model)).toEqual(['heart-disease']);
    }
  });

  it('looks like this', async () => {
    const listed = got(await listModels({}, world('theirs')));
    expect(modelListText(listed, canvas)).toBe(
      [
        '  model          latest  staging  production  versions',
        '  heart-disease  v1.1.0  v1.0.0   v1.0.0             2',
        '  load           v0.1.0  –        –                  1  1 request to decide',
        '',
      ].join('\n'),
    );
    expect(modelListMarkdown(listed)).toContain('| `heart-disease` | v1.1.0 |');
    expect(modelListText({ models: [], stages: [] }, canvas)).toBe('No models are registered.\n');
  });

  it('says what this clone knows when the remote is gone, and that it may be old', async () => {
    await rig.git('.', 'clone', '-q', 'hub.git', 'left');
    // Nobody listens there.
    await rig.git('left', 'remote', 'set-url', 'origin', 'http://127.0.0.1:9/hub.git');
    const listed = got(await listModels({}, world('left')));
    expect(listed.models.length).toBe(2);
    expect(listed.stale?.code).toMatch(/^git-remote-/);
    expect(got(await listModels({ offline: true }, world('left'))).stale).toBeUndefined();
    const there = await listModels({ repo: `file://${join(rig.path, 'gone.git')}` }, world('left'));
    expect(there.ok).toBe(false);
  });

  it('refuses a stage that is not there, with the one that was meant', async () => {
    expect(await listModels({ stage: 'prodction' }, world('theirs'))).toMatchObject({
      failure: [{ code: 'registry-stage-unknown', remedy: 'Did you mean "production"?' }],
    });
  });

  it('refuses a folder without Git', async () => {
    await rig.write('plain/a.txt', 'a');
    expect(await listModels({}, world('plain'))).toMatchObject({
      failure: [{ code: 'registry-no-repository' }],
    });
  });
});

describe('models show', () => {
  it('V3 shows versions side by side with what stands where', async () => {
    const shown = got(await showModel({ reference: 'heart-disease' }, world('theirs')));
    if (shown.kind !== 'model') throw new Error('not a model');
    const text = modelText(shown.state, shown.stages, canvas);
    expect(text).toContain('heart-disease  latest v1.1.0; staging v1.0.0, production v1.0.0');
    expect(text).toMatch(
      /v1\.0\.0 +staging, production +roc_auc 0\.900 \[0\.850, 0\.940\] +20260301-120000-0123abcd/,
    );
  });

  it('V4 shows of one version who put it where, when and why', async () => {
    const shown = got(await showModel({ reference: 'heart-disease#production' }, world('theirs')));
    if (shown.kind !== 'version') throw new Error('not a version');
    const text = modelVersionText(shown.resolved, canvas);
    expect(text).toContain(digestOf('v1.0.0'));
    expect(text).toContain(
      '2026-02-13 12:00  rolled back in production, by @ada (unproven): latency doubled',
    );
  });

  it('shows requests and what is wrong with a model', async () => {
    const shown = got(await showModel({ reference: 'load' }, world('theirs')));
    if (shown.kind !== 'model') throw new Error('not a model');
    expect(modelText(shown.state, shown.stages, canvas)).toContain('load#production#4, of v0.1.0, by Ada');
  });

  it('does nothing that a name asks the terminal or a page for', async () => {
    await rig.git('.', 'clone', '-q', 'hub.git', 'hostile');
    const ledger = ledgerOn(await rig.open('hostile'));
    const draft = { ...registration('v1.2.0'), by: { ...by, name: '\u001b[31m<script>' }, why: '\u202e|x' };
    await done(ledger, draft, { commit });
    const history = got(await historyOfModel({ model: 'heart-disease', offline: true }, world('hostile')));
    const shown = got(
      await showModel({ reference: 'heart-disease@v1.2.0', offline: true }, world('hostile')),
    );
    const text =
      modelHistoryText(history, canvas) +
      modelVersionText((shown as never as { resolved: never }).resolved, canvas);
    for (const character of ['\u001b', '\u202e']) expect(text).not.toContain(character);
    expect(modelHistoryMarkdown(history)).not.toMatch(/<script>|\u202e/);
  });
});

describe('models history', () => {
  it.each([
    ['2026-02-02', null],
    ['2026-02-03', 'v1.0.0'],
    ['2026-02-12T11:59Z', 'v1.0.0'],
    ['2026-02-12', 'v1.1.0'],
    ['2026-03-01', 'v1.0.0'],
  ])('V4 --at %s says that %s was in production', async (at, version) => {
    const options = { model: 'heart-disease', at, stage: 'production' };
    const summary = historySummary(got(await historyOfModel(options, world('theirs'))));
    if (!('stages' in summary)) throw new Error('not of a moment');
    const there = summary.stages['production'];
    expect(there?.version ?? null).toBe(version);
    if (version === null) return;
    expect(there).toMatchObject({
      digest: digestOf(version),
      run: '20260301-120000-0123abcd',
      commit,
      by: { name: '@ada', proof: 'nobody' },
    });
  });

  it('V4 tells everything, newest first: who, when, why', async () => {
    const history = got(await historyOfModel({ model: 'heart-disease' }, world('theirs')));
    const lines = modelHistoryText(history, canvas).trimEnd().split('\n').slice(1);
    expect(lines.map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['2026-02-13 12:00', 'v1.0.0', 'rolled back in production', '@ada (unproven)', 'latency doubled'],
      ['2026-02-12 12:00', 'v1.1.0', 'to production', '@ada (unproven)', 'better on women over 60'],
      ['2026-02-10 12:00', 'v1.1.0', 'registered', '@ada (unproven)', 'a test says so'],
      ['2026-02-03 12:00', 'v1.0.0', 'to production', '@ada (unproven)'],
      ['2026-02-02 12:00', 'v1.0.0', 'to staging by itself', '@ada (unproven)'],
      ['2026-02-01 12:00', 'v1.0.0', 'registered', '@ada (unproven)', 'a test says so'],
    ]);
    const one = historySummary(
      got(await historyOfModel({ model: 'heart-disease#staging' }, world('theirs'))),
    );
    expect(one).toMatchObject({ events: [{ tag: 'heart-disease#staging#1' }] });
  });

  it('looks like this at a moment', async () => {
    const history = got(await historyOfModel({ model: 'heart-disease', at: '2026-02-12' }, world('theirs')));
    expect(modelHistoryText(history, canvas)).toBe(
      [
        'heart-disease at 2026-02-12 23:59:59 UTC',
        '',
        '  stage       version  since (UTC)       by               digest    run                       commit   why',
        `  staging     v1.0.0   2026-02-02 12:00  @ada (unproven)  ${digestOf('v1.0.0').slice(7, 15)}  20260301-120000-0123abcd  ${commit.slice(0, 7)}`,
        `  production  v1.1.0   2026-02-12 12:00  @ada (unproven)  ${digestOf('v1.1.0').slice(7, 15)}  20260301-120000-0123abcd  ${commit.slice(0, 7)}  better on women over 60`,
        '',
      ].join('\n'),
    );
  });

  it.each([
    [{ model: 'heart-desease' }, 'registry-model-unknown'],
    [{ model: 'heart-disease', at: 'soon' }, 'registry-time-invalid'],
    [{ model: 'heart-disease', stage: 'x' }, 'registry-stage-unknown'],
  ])('refuses %j', async (options, code) => {
    expect(await historyOfModel(options, world('theirs'))).toMatchObject({ failure: [{ code }] });
  });
});
