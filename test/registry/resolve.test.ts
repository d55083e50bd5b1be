import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ledger, ModelSources } from '../../src/registry/index.ts';
import { resolveModel } from '../../src/registry/index.ts';
import type { RunHistory, RunRecord } from '../../src/runs/index.ts';
import type { GitRig } from '../git/rig.ts';
import { gitRig, value } from '../git/rig.ts';
import { assignment, by, done, ledgerOn, registration } from './rig.ts';
import { digestOf } from './tags.ts';

let rig: GitRig;
let ledger: Ledger;
let sources: ModelSources;

const record = {
  id: '20260301-120000-0123abcd',
  pipeline: 'heart-disease',
  model: { digest: digestOf('v1.0.0') },
};
const unregistered = {
  id: '20260302-120000-0123abcd',
  pipeline: 'heart-disease',
  model: { digest: digestOf('new') },
};
const without = { id: '20260303-120000-0123abcd', pipeline: 'heart-disease' };

beforeAll(async () => {
  rig = await gitRig();
  const commit = await rig.repository('here');
  ledger = ledgerOn(await rig.open('here'));
  await done(ledger, registration('v1.0.0'), { commit });
  await done(ledger, { ...registration('v1.1.0'), run: '20260301-130000-0123abcd' } as never, { commit });
  await done(ledger, { ...registration('v1.2.0'), run: '20260301-140000-0123abcd' } as never, { commit });
  await done(ledger, registration('v2.0.0-rc.1', digestOf('rc')), { commit });
  await done(ledger, assignment('v1.0.0', 'production'), { commit });
  await done(ledger, { kind: 'archive', name: 'v1.2.0', digest: digestOf('v1.2.0'), by }, { commit });
  await rig.git('here', 'tag', '-a', 'heart-disease@v9.0.0', '-m', 'by hand');
  await rig.git('here', 'tag', '-a', 'load@v1.0.0', '-m', 'by hand');
  const found = [record, unregistered, without] as readonly object[] as readonly RunRecord[];
  sources = {
    ledger,
    runs: {
      find: async (id: string) => {
        const run = found.find((each) => each.id === id);
        return run === undefined
          ? { ok: false, failure: { code: 'runs-unknown' } }
          : { ok: true, value: run };
      },
    } as unknown as RunHistory,
    digestOfFile: async (path) =>
      path.startsWith('gone') ? undefined : digestOf(path.replace('.onnx', '').replace('./', '')),
  };
});
afterAll(() => rig[Symbol.asyncDispose]());

describe('what a reference stands for', () => {
  it.each([
    ['heart-disease', 'v1.1.0'],
    ['heart-disease@latest', 'v1.1.0'],
    ['heart-disease@v1.0.0', 'v1.0.0'],
    ['heart-disease@v1.2.0', 'v1.2.0'],
    ['heart-disease#production', 'v1.0.0'],
    ['run:20260301-120000-0123abcd', 'v1.0.0'],
    ['./v1.1.0.onnx', 'v1.1.0'],
  ])('V5 %s is %s', async (text, name) => {
    const resolved = value(await resolveModel(text, sources));
    expect(resolved).toMatchObject({ model: 'heart-disease', digest: digestOf(name), version: { name } });
  });

  it('is a model without a version where nobody registered it', async () => {
    const run = value(await resolveModel(`run:${unregistered.id}`, sources));
    expect(run).toMatchObject({ model: 'heart-disease', digest: digestOf('new') });
    expect(run.version).toBeUndefined();
    const file = value(await resolveModel('other.onnx', sources));
    expect(file).toMatchObject({ digest: digestOf('other') });
    expect(file.model).toBeUndefined();
  });

  it.each([
    ['heart-desease', 'registry-model-unknown', 'Did you mean "heart-disease"?'],
    ['heart-disease@1.1.0', 'registry-version-unknown', 'Did you mean "heart-disease@v1.1.0"?'],
    ['heart-disease@v1.1.1', 'registry-version-unknown', 'Did you mean'],
    ['heart-disease#prodction', 'registry-stage-empty', 'Did you mean "heart-disease#production"?'],
    ['heart-disease#staging', 'registry-stage-empty', 'trainyard promote heart-disease --to staging'],
    ['heart-disease@v9.0.0', 'registry-version-foreign', 'trainyard register heart-disease'],
    ['load', 'registry-no-version', 'trainyard models show load'],
    ['gone.onnx', 'registry-model-file-missing', '.onnx'],
    [`run:${without.id}`, 'registry-run-without-model', 'trainyard runs list'],
    ['run:nothing', 'runs-unknown', ''],
    ['a#b@c', 'registry-reference-invalid', 'heart-disease@v1.4.0'],
  ])('%s is nothing, and the remedy helps', async (text, code, remedy) => {
    const resolved = await resolveModel(text, sources);
    expect(resolved).toMatchObject({ ok: false, failure: { code } });
    if (!resolved.ok) expect(resolved.failure.remedy ?? '').toContain(remedy);
  });
});
