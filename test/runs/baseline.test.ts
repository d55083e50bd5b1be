import { describe, expect, test } from 'vitest';
import type { Repository } from '../../src/git/index.ts';
import type { RunHistory, RunRecord } from '../../src/runs/index.ts';
import { baselineRun, newRunId, openRuns, previousRun } from '../../src/runs/index.ts';
import type { GitRig } from '../git/rig.ts';
import { gitRig, value } from '../git/rig.ts';
import { digest, estimate, model, sampleRecord } from './sample-record.ts';

interface Setting {
  readonly rig: GitRig;
  readonly repository: Repository;
  readonly history: RunHistory;
}

async function setting(): Promise<Setting> {
  const rig = await gitRig();
  await rig.repository('r');
  const repository = await rig.open('r');
  return { rig, repository, history: openRuns({ repository, branch: 'trainyard/runs', root: rig.path }) };
}

/** Run number n, at a commit, whose model has the value of the metric. */
async function record(
  history: RunHistory,
  n: number,
  commit: string | null,
  auc: number,
  more: Partial<RunRecord> = {},
) {
  const time = new Date(Date.UTC(2026, 10, 21, 3, n));
  const made = model(
    'train',
    { roc_auc: estimate(auc, auc - 0.05, auc + 0.05) },
    { digest: digest(`model ${n}`) },
  );
  const run = sampleRecord({
    id: newRunId(time, () => new Uint8Array(3)),
    startedAt: time.toISOString(),
    code: { commit, dirty: false },
    models: [made],
    model: { step: 'train', digest: made.digest, from: 'train' },
    ...more,
  });
  value(await history.write(run));
  return run;
}

async function ask(
  { history, repository }: Setting,
  name: 'merge-base' | 'best',
  metric = 'roc_auc',
  inGit = true,
) {
  const question = {
    history,
    repository: inGit ? repository : undefined,
    pipeline: 'heart-disease',
    name,
    metric,
  };
  return value(await baselineRun(question));
}

describe('the baseline "merge-base"', () => {
  test('is the newest run at the commit where the branch left the default branch', async () => {
    const it = await setting();
    await using _ = it.rig;
    const first = await it.rig.git('r', 'rev-parse', 'HEAD');
    await it.rig.git('r', 'commit', '-q', '--allow-empty', '-m', 'second');
    const second = await it.rig.git('r', 'rev-parse', 'HEAD');
    await it.rig.git('r', 'checkout', '-q', '-b', 'topic');
    await it.rig.git('r', 'commit', '-q', '--allow-empty', '-m', 'work');
    const work = await it.rig.git('r', 'rev-parse', 'HEAD');
    await record(it.history, 1, first, 0.8);
    await record(it.history, 2, second, 0.81);
    const wanted = await record(it.history, 3, second, 0.82);
    await record(it.history, 4, second, 0.83, { code: { commit: second, dirty: true } });
    await record(it.history, 5, work, 0.9);
    await record(it.history, 6, second, 0.9, { pipeline: 'other' });
    const found = await ask(it, 'merge-base');
    expect(found.run?.id).toBe(wanted.id);
    expect(found.baseline).toEqual({
      name: 'merge-base',
      digest: wanted.model!.digest,
      origin: `run ${wanted.id} at ${second.slice(0, 7)}`,
    });
  });

  test('is the run at the nearest ancestor when none is at the merge base, and on the default branch never the commit itself', async () => {
    const it = await setting();
    await using _ = it.rig;
    const first = await it.rig.git('r', 'rev-parse', 'HEAD');
    const wanted = await record(it.history, 1, first, 0.8);
    await it.rig.git('r', 'commit', '-q', '--allow-empty', '-m', 'second');
    await record(it.history, 2, await it.rig.git('r', 'rev-parse', 'HEAD'), 0.8);
    expect((await ask(it, 'merge-base')).run?.id).toBe(wanted.id);
  });

  test('is the clean run of the commit itself while there are changes that are in no commit yet', async () => {
    const it = await setting();
    await using _ = it.rig;
    await record(it.history, 1, await it.rig.git('r', 'rev-parse', 'HEAD'), 0.8);
    await it.rig.git('r', 'commit', '-q', '--allow-empty', '-m', 'second');
    const second = await it.rig.git('r', 'rev-parse', 'HEAD');
    const own = await record(it.history, 2, second, 0.8);
    await record(it.history, 3, second, 0.9, { code: { commit: second, dirty: true } });
    await it.rig.write('r/a.txt', 'changed\n');
    expect((await ask(it, 'merge-base')).run?.id).toBe(own.id);
  });

  test('is none, with the reason, where there is no run, no history, or no Git', async () => {
    const it = await setting();
    await using _ = it.rig;
    const nobody = async (setting: Setting, inGit = true) => {
      const { run, baseline } = await ask(setting, 'merge-base', 'roc_auc', inGit);
      expect(run).toBeUndefined();
      expect(baseline.digest).toBeUndefined();
      return baseline.origin;
    };
    expect(await nobody(it)).toContain('no run is recorded of a commit before this one on main');
    expect(await nobody(it, false)).toContain('no Git');
    await it.rig.git('r', 'checkout', '-q', '--orphan', 'alone');
    await it.rig.git('r', 'commit', '-q', '-m', 'alone');
    expect(await nobody(it)).toContain('no common history');
    await it.rig.git('r', 'branch', '-D', '-q', 'main');
    expect(await nobody(it)).toContain('no default branch');
  });
});

describe('the baseline "best"', () => {
  test('is the run that failed nothing and has the best value, the lowest where lower is better', async () => {
    const it = await setting();
    await using _ = it.rig;
    expect((await ask(it, 'best')).baseline.origin).toBe(
      'no earlier run of heart-disease succeeded, failed no gate and measured roc_auc',
    );
    await record(it.history, 1, null, 0.8);
    const best = await record(it.history, 2, null, 0.9);
    await record(it.history, 3, null, 0.9);
    await record(it.history, 4, null, 0.99, { verdict: 'fail' });
    await record(it.history, 5, null, 0.99, { verdict: 'inconclusive', status: 'failed' });
    expect((await ask(it, 'best')).run?.id).toBe(best.id);
    const lossy = model('train', { log_loss: estimate(0.2, 0.1, 0.3) }, { digest: digest('lossy') });
    const more = { model: { step: 'train', digest: lossy.digest, from: 'train' } };
    const lower = await record(it.history, 6, null, 0, { models: [lossy], ...more });
    const higher = {
      ...lossy,
      evaluation: { ...lossy.evaluation!, metrics: { log_loss: estimate(0.3, 0.2, 0.4) } },
    };
    await record(it.history, 7, null, 0, { models: [higher], ...more });
    expect((await ask(it, 'best', 'log_loss')).run?.id).toBe(lower.id);
    const open = await record(it.history, 8, null, 0.95, { verdict: 'inconclusive' });
    expect((await ask(it, 'best')).run?.id).toBe(open.id);
  });
});

test('the previous run is the newest earlier one of the pipeline that succeeded', async () => {
  const it = await setting();
  await using _ = it.rig;
  const first = await record(it.history, 1, null, 0.8);
  const second = await record(it.history, 2, null, 0.8);
  await record(it.history, 3, null, 0.8, { status: 'failed' });
  await record(it.history, 4, null, 0.8, { pipeline: 'other' });
  const fifth = await record(it.history, 5, null, 0.8);
  expect(value(await previousRun(it.history, fifth))?.id).toBe(second.id);
  expect(value(await previousRun(it.history, first))).toBeUndefined();
});
