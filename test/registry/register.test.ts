import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Failure, Result } from '../../src/base/index.ts';
import { seededRandom } from '../../src/base/index.ts';
import { recordDigest } from '../../src/provenance/index.ts';
import type { Ledger, RegisterRequest, Registration } from '../../src/registry/index.ts';
import {
  newestRegistrable,
  publishedCommit,
  registerVersion,
  registrableRun,
  runToRegister,
} from '../../src/registry/index.ts';
import type { ModelRecord, RunHistory, RunRecord } from '../../src/runs/index.ts';
import { openRuns } from '../../src/runs/index.ts';
import type { Store } from '../../src/store/index.ts';
import { openStore } from '../../src/store/index.ts';
import type { GitRig } from '../git/rig.ts';
import { gitRig, value } from '../git/rig.ts';
import { model, sampleRecord } from '../runs/sample-record.ts';
import { by, ledgerOfClone, ledgerOn } from './rig.ts';

const fixture = (name: string): Uint8Array =>
  readFileSync(fileURLToPath(new URL(`../onnx/fixtures/${name}.onnx`, import.meta.url)));

/** The same model in other bytes: with an entry more in its `metadata_props` (field 14 of ModelProto). */
function withNote(bytes: Uint8Array, note: string): Uint8Array {
  const entry = Buffer.from(`\n\x04note\x12${String.fromCharCode(note.length)}${note}`, 'latin1');
  return Buffer.concat([bytes, Buffer.from([0x72, entry.length]), entry]);
}

let rig: GitRig;
let count = 0;

beforeAll(async () => {
  rig = await gitRig();
});
afterAll(() => rig[Symbol.asyncDispose]());

interface Scene {
  readonly folder: string;
  readonly commit: string;
  readonly ledger: Ledger;
  readonly store: Store;
  readonly history: RunHistory;
}

async function scene(): Promise<Scene> {
  const folder = `registering-${count++}`;
  const commit = await rig.repository(folder);
  const repository = await rig.open(folder);
  const root = join(rig.path, folder);
  return {
    folder,
    commit,
    ledger: ledgerOn(repository),
    store: value(await openStore('file:.trainyard/store', { root })),
    history: openRuns({ repository, branch: 'trainyard/runs', root }),
  };
}

/** A run that chose a real model, recorded. */
async function recorded(
  { commit, store, history }: Scene,
  id: string,
  bytes: Uint8Array,
  over: { readonly run?: Partial<RunRecord>; readonly model?: Partial<ModelRecord> } = {},
): Promise<RunRecord> {
  const { digest } = value(await store.putBytes(bytes));
  const chosen = model('train', { roc_auc: { value: 0.9, low: 0.8, high: 0.95 } }, { digest, ...over.model });
  const record = sampleRecord({
    id,
    code: { commit, branch: 'main', dirty: false },
    models: [chosen],
    model: { step: 'train', digest: chosen.digest, from: 'train' },
    ...over.run,
  });
  value(await history.write(record));
  return record;
}

async function registered(
  { ledger, store, history }: Pick<Scene, 'ledger' | 'store' | 'history'>,
  record: RunRecord,
  over: Partial<RegisterRequest> = {},
): Promise<Result<Registration, readonly Failure[]>> {
  const run = value(registrableRun(record, { allowInconclusive: false }));
  const request = { ...run, bump: 'auto' as const, by, dryRun: false, ...over };
  return await registerVersion(request, {
    ledger,
    store,
    history,
    now: () => new Date('2026-03-01T12:00:00Z'),
    random: seededRandom(count),
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms / 10)),
  });
}

function nameOf(registration: Result<Registration, readonly Failure[]>): string {
  if (!registration.ok) return registration.failure.map(({ code }) => code).join();
  const { value: done } = registration;
  if (done.kind === 'registered') return done.event.event.name;
  return `${done.kind} ${done.kind === 'planned' ? done.draft.name : done.version.name}`;
}

const first = '20260301-120000-00000001';
const second = '20260302-120000-00000002';

describe('V3: registering the model of a run', () => {
  it('begins with v1.0.0, and says run, commit, record and metrics in the tag', async () => {
    const at = await scene();
    const record = await recorded(at, first, fixture('pipeline-forest'));
    const done = await registered(at, record, { why: 'the first one' });
    expect(nameOf(done)).toBe('v1.0.0');
    const text = await rig.git(at.folder, 'for-each-ref', '--format=%(contents)', 'refs/tags');
    expect(JSON.parse(text)).toMatchObject({
      kind: 'register',
      run: first,
      commit: at.commit,
      digest: record.model!.digest,
      record: recordDigest(record),
      bump: { rule: 'first' },
      metrics: { roc_auc: { value: 0.9, low: 0.8, high: 0.95 } },
      why: 'the first one',
    });
  });

  it('gives the same bytes no second version, and no second name', async () => {
    const at = await scene();
    const record = await recorded(at, first, fixture('pipeline-forest'));
    await registered(at, record);
    const again = await recorded(at, second, fixture('pipeline-forest'));
    expect(nameOf(await registered(at, again))).toBe('already v1.0.0');
    expect(nameOf(await registered(at, again, { name: 'v1.0.0' }))).toBe('already v1.0.0');
    expect(nameOf(await registered(at, again, { name: 'v2.0.0' }))).toBe('registry-digest-registered');
    expect(await rig.git(at.folder, 'tag')).toBe('heart-disease@v1.0.0');
  });

  it('takes the step that the changes ask for, and tells them', async () => {
    const at = await scene();
    await registered(at, await recorded(at, first, fixture('pipeline-forest')));
    const more = { run: { params: { trees: 300 } } };
    const other = await recorded(at, second, withNote(fixture('pipeline-forest'), 'x'), more);
    const done = value(await single(registered(at, other)));
    if (done.kind !== 'registered') throw new Error(done.kind);
    expect(done.event.event.name).toBe('v1.0.1');
    expect(done.event.event.bump.because).toContain('since v1.0.0: the parameter seed was 7');
    expect(done.event.event.bump.because).toContain('the parameter trees was 200 and is 300');
    const third = await recorded(at, '20260303-120000-00000003', fixture('matrix'), {
      model: {
        signature: { inputs: [{ name: 'x', type: 'float', shape: [null, 3] }], outputs: [], opsets: {} },
      },
    });
    expect(nameOf(await registered(at, third))).toBe('v2.0.0');
  });

  it('takes the step or the name that is asked for', async () => {
    const at = await scene();
    await registered(at, await recorded(at, first, fixture('pipeline-forest')), { name: 'v0.9.0-rc.1' });
    const next = await recorded(at, second, fixture('pipeline-network'));
    expect(nameOf(await registered(at, next, { dryRun: true }))).toBe('planned v1.0.0');
    expect(nameOf(await registered(at, next, { name: 'v0.9.0-rc.1' }))).toBe('registry-tag-taken');
    expect(nameOf(await registered(at, next, { name: '1.2.0' }))).toBe('registry-version-name-invalid');
    expect(nameOf(await registered(at, next))).toBe('v1.0.0');
    const third = await recorded(at, '20260303-120000-00000003', fixture('matrix'));
    expect(nameOf(await registered(at, third, { bump: 'minor' }))).toBe('v1.1.0');
  });

  it('does not guess the step when nothing is known of the version before', async () => {
    const at = await scene();
    await rig.git(at.folder, 'tag', '-a', 'heart-disease@v3.0.0', '-m', 'by hand');
    const record = await recorded(at, first, fixture('pipeline-forest'));
    expect(nameOf(await registered(at, record))).toBe('registry-bump-unknown');
    expect(nameOf(await registered(at, record, { bump: 'patch' }))).toBe('v3.0.1');
  });

  it('refuses bytes that are missing in the store, or damaged there', async () => {
    const at = await scene();
    const record = await recorded(at, first, fixture('pipeline-forest'));
    await at.store.remove(record.model!.digest);
    expect(nameOf(await registered(at, record))).toBe('registry-model-not-stored');
  });

  it('V4: gives many who register at once numbers one after the other, with no gap and no double', async () => {
    const at = await scene();
    const names = [
      'pipeline-forest',
      'pipeline-network',
      'matrix',
      'pipeline-values',
      'integer-input',
      'matrix-lightgbm',
    ];
    const records: RunRecord[] = [];
    for (const [i, name] of names.entries()) {
      records.push(await recorded(at, `2026030${i + 1}-120000-0000000${i + 1}`, fixture(name)));
    }
    const done = await Promise.all(
      records.map(async (record) => {
        const own = { ...at, ledger: ledgerOn(await rig.open(at.folder)) };
        return nameOf(await registered(own, record, { bump: 'patch' }));
      }),
    );
    expect(done.toSorted()).toEqual(['v1.0.0', 'v1.0.1', 'v1.0.2', 'v1.0.3', 'v1.0.4', 'v1.0.5']);
    const state = value(await at.ledger.state('heart-disease'));
    expect(state.events).toHaveLength(6);
    expect(state.problems).toEqual([]);
  });

  it('lets one of two have a name that both want, and tells the other', async () => {
    const at = await scene();
    const one = await recorded(at, first, fixture('pipeline-forest'));
    const other = await recorded(at, second, fixture('pipeline-network'));
    const done = await Promise.all(
      [one, other].map(async (record) =>
        nameOf(
          await registered({ ...at, ledger: ledgerOn(await rig.open(at.folder)) }, record, {
            name: 'v1.4.0',
          }),
        ),
      ),
    );
    expect(done.toSorted()).toEqual(['registry-tag-taken', 'v1.4.0']);
  });
});

describe('a run that may become a version', () => {
  const problem = (over: Partial<RunRecord>, allowInconclusive = false): string | undefined => {
    const answer = registrableRun(sampleRecord(over), { allowInconclusive });
    return answer.ok ? undefined : answer.failure.code;
  };

  it('succeeded, passed, chose a model, and was made of a commit', () => {
    const { model: _, ...without } = sampleRecord();
    expect(problem({})).toBeUndefined();
    expect(problem({ status: 'failed' })).toBe('registry-run-not-succeeded');
    expect(problem({ status: 'cancelled' })).toBe('registry-run-not-succeeded');
    expect(problem({ verdict: 'fail' })).toBe('registry-run-verdict-failed');
    expect(problem({ code: null })).toBe('registry-run-without-commit');
    expect(problem({ code: { commit: null, dirty: false } })).toBe('registry-run-without-commit');
    expect(problem({ code: { commit: 'a'.repeat(40), dirty: true } })).toBe('registry-run-dirty');
    const answer = registrableRun(without, { allowInconclusive: true });
    expect(!answer.ok && answer.failure.code).toBe('registry-run-without-model');
  });

  it('is not one with an open verdict, unless that is allowed by name; a failed one never is', () => {
    expect(problem({ verdict: 'inconclusive' })).toBe('registry-run-inconclusive');
    expect(problem({ verdict: 'inconclusive' }, true)).toBeUndefined();
    expect(problem({ verdict: 'fail' }, true)).toBe('registry-run-verdict-failed');
  });

  it('is by default the newest of the commit here or of those before it, also when that did not pass', async () => {
    const at = await scene();
    const repository = await rig.open(at.folder);
    const write = async (second: number, over: Partial<RunRecord>, dirty = false): Promise<string> => {
      const id = `20260302-1200${String(second).padStart(2, '0')}-00000003`;
      const code = { ...sampleRecord().code, commit: at.commit, dirty } as RunRecord['code'];
      value(await at.history.write(sampleRecord({ id, code, ...over })));
      return id;
    };
    const asked = async (): Promise<string> =>
      value(await runToRegister(at.history, repository, 'heart-disease')).id;
    const elsewhere = await write(0, { code: { commit: 'e'.repeat(40), dirty: false } });
    expect(await asked()).toBe(elsewhere);
    const passed = await write(1, {});
    await write(9, { code: { commit: 'e'.repeat(40), dirty: false } });
    expect(await asked()).toBe(passed);
    await write(2, { verdict: 'fail' }, true);
    expect(await asked()).toBe(passed);
    const dirty = await write(3, {}, true);
    expect(await asked()).toBe(dirty);
    const failing = await write(4, { verdict: 'fail' });
    expect(await asked()).toBe(failing);
  });

  it('is the newest one anywhere where no commit here has a run, however many have failed since', async () => {
    const at = await scene();
    await recorded(at, first, fixture('pipeline-forest'));
    for (let i = 0; i < 25; i++) {
      const id = `20260302-1200${String(i).padStart(2, '0')}-00000002`;
      value(await at.history.write(sampleRecord({ id, verdict: 'fail' })));
    }
    expect(value(await newestRegistrable(at.history, 'heart-disease')).id).toBe(first);
    const none = await newestRegistrable(at.history, 'power-load');
    expect(!none.ok && none.failure.code).toBe('registry-no-run');
  });
});

describe('the commit of a version, where there is a remote', () => {
  async function twoClones(): Promise<{ remote: string; clone: string }> {
    const [origin, remote, clone] = ['origin', 'remote.git', 'clone'].map((name) => `${name}-${count}`) as [
      string,
      string,
      string,
    ];
    count++;
    await rig.repository(origin);
    await rig.git('.', 'clone', '-q', '--bare', origin, remote);
    await rig.git('.', 'clone', '-q', remote, clone);
    return { remote, clone };
  }

  async function published(clone: string, commit: string): Promise<string> {
    const repository = await rig.open(clone);
    const answer = await publishedCommit({
      repository,
      remote: value(await repository.remote())!,
      commit,
      branch: 'main',
      except: ['trainyard/runs'],
    });
    return answer.ok ? 'yes' : answer.failure.code;
  }

  it('has to be on a branch that everybody sees', async () => {
    const { clone } = await twoClones();
    const before = await rig.git(clone, 'rev-parse', 'HEAD');
    expect(await published(clone, before)).toBe('yes');
    await rig.git(clone, 'commit', '-q', '--allow-empty', '-m', 'not pushed');
    const commit = await rig.git(clone, 'rev-parse', 'HEAD');
    expect(await published(clone, commit)).toBe('registry-commit-unpublished');
    await rig.git(clone, 'push', '-q', 'origin', 'HEAD:topic');
    expect(await published(clone, commit)).toBe('yes');
  });

  it('is found below commits that others have pushed since', async () => {
    const { remote, clone } = await twoClones();
    const commit = await rig.git(clone, 'rev-parse', 'HEAD');
    const other = `other-${count++}`;
    await rig.git('.', 'clone', '-q', remote, other);
    await rig.git(other, 'commit', '-q', '--allow-empty', '-m', 'later');
    await rig.git(other, 'push', '-q', 'origin', 'main');
    expect(await published(clone, commit)).toBe('yes');
  });

  it('V4: two clones register at once, and get two numbers in order on the remote', async () => {
    const { remote, clone } = await twoClones();
    const other = `other-${count++}`;
    await rig.git('.', 'clone', '-q', remote, other);
    const done = await Promise.all(
      [clone, other].map(async (folder, i) => {
        const repository = await rig.open(folder);
        const root = join(rig.path, folder);
        const at: Scene = {
          folder,
          commit: await rig.git(folder, 'rev-parse', 'HEAD'),
          ledger: await ledgerOfClone(repository),
          store: value(await openStore('file:.trainyard/store', { root })),
          history: openRuns({ repository, branch: 'trainyard/runs', root }),
        };
        const record = await recorded(
          at,
          i === 0 ? first : second,
          fixture(i === 0 ? 'matrix' : 'pipeline-forest'),
        );
        return nameOf(await registered(at, record, { bump: 'minor' }));
      }),
    );
    expect(done.toSorted()).toEqual(['v1.0.0', 'v1.1.0']);
    expect(await rig.git(remote, 'tag')).toBe('heart-disease@v1.0.0\nheart-disease@v1.1.0');
  });
});

/** The first failure alone, as `value` takes it. */
async function single<T>(promise: Promise<Result<T, readonly Failure[]>>): Promise<Result<T, Failure>> {
  const result = await promise;
  return result.ok ? result : { ok: false, failure: result.failure[0]! };
}
