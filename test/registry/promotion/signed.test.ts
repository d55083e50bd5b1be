import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Effects } from '../../../src/commands/index.ts';
import {
  approve,
  archive,
  openRegistry,
  promote,
  promoteFromTag,
  rollback,
} from '../../../src/commands/index.ts';
import { recordDigest } from '../../../src/provenance/index.ts';
import type { PromotionAnswer } from '../../../src/registry/index.ts';
import { decisionText, plainCanvas } from '../../../src/report/index.ts';
import { openRuns } from '../../../src/runs/index.ts';
import type { GitRig } from '../../git/rig.ts';
import { gitRig, value } from '../../git/rig.ts';
import { hasSshKeygen } from '../../rig/ssh-keygen.ts';
import { sampleRecord } from '../../runs/sample-record.ts';
import { registration } from '../rig.ts';

let rig: GitRig;
let count = 0;
const people = ['ada', 'bob', 'dan', 'eve', 'robot'] as const;
type Person = (typeof people)[number];
const model = 'heart-disease';

const project = `version: 1
allowed-signers: signers
stages:
  - { name: staging }
  - { name: production, from: staging, promoters: [ada@example.org], approvals: 1, max-data-age-days: 5 }
`;
const pipeline = `version: 1
name: heart-disease
steps:
  train: { run: "true" }
`;

beforeAll(async () => {
  if (!hasSshKeygen) return;
  rig = await gitRig();
  for (const name of people) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', join(rig.path, name)]);
  }
  await first();
});
afterAll(() => rig?.[Symbol.asyncDispose]());

interface Scene {
  readonly folder: string;
  readonly effects: Effects;
  readonly key: (who: Person) => string;
}

function effectsIn(folder: string): Effects {
  return {
    cwd: join(rig.path, folder),
    env: { PATH: process.env['PATH'], HOME: rig.path },
    now: () => new Date('2026-03-02T12:00:00Z'),
    monotonic: () => 0,
    randomBytes: (bytes) => randomBytes(bytes),
    machine: { platform: 'linux-x64', cpus: 2, memoryBytes: 1, node: '20' },
    giveWay: () => undefined,
    signal: new AbortController().signal,
  };
}

const key = (who: Person): string => join(rig.path, who);

/** A clone of a bare remote with two versions, both in staging; Eve's key is in nobody's file. */
async function first(): Promise<void> {
  const commit = await rig.repository('first');
  await rig.git('.', 'clone', '-q', '--bare', 'first', 'base.git');
  await rig.git('.', 'clone', '-q', 'base.git', 'base');
  const lines = people
    .filter((who) => who !== 'eve')
    .map((who) => `${who}@example.org ${readFileSync(join(rig.path, `${who}.pub`), 'utf8')}`);
  await rig.write('base/signers', lines.join(''));
  await rig.write('base/trainyard.yaml', project);
  await rig.write('base/pipelines/heart-disease/pipeline.yaml', pipeline);
  const effects = effectsIn('base');
  const { ledger, repository, root } = value1(await openRegistry(effects));
  const history = openRuns({ repository, branch: 'trainyard/runs', root });
  for (const [i, version] of ['v1.0.0', 'v1.1.0'].entries()) {
    const record = sampleRecord({
      id: `20260301-12000${i}-0123abcd`,
      pipeline: model,
      startedAt: `2026-03-01T12:00:0${i}.000Z`,
    });
    value(await history.write(record));
    await ledger.refresh(model);
    const on = value(await ledger.state(model));
    const draft = { ...registration(version), run: record.id, record: recordDigest(record) };
    const signingKey = key('robot');
    value(await ledger.append(draft as never, on, { commit, time: effects.now(), signingKey }));
    value1(await promote({ reference: `${model}@${version}`, to: 'staging', key: signingKey }, effects));
  }
}

/** A copy of the clone and of its remote. */
async function scene(): Promise<Scene> {
  const folder = `signed-${count++}`;
  for (const end of ['', '.git']) {
    cpSync(join(rig.path, `base${end}`), join(rig.path, `${folder}${end}`), { recursive: true });
  }
  await rig.git(folder, 'remote', 'set-url', 'origin', join(rig.path, `${folder}.git`));
  return { folder, effects: effectsIn(folder), key };
}

const production = { reference: `${model}@v1.0.0`, to: 'production' };

describe.skipIf(!hasSshKeygen)('signed promotions', () => {
  it('P3 V4 count with approval by another key, and are refused for everybody else', async () => {
    const { effects, key } = await scene();
    expect(reasonsOf(value1(await promote({ ...production, key: key('ada') }, effects)))).toEqual([
      'approvals: 0 approvals, 1 is needed',
    ]);
    // The promoter approves, which does not count; then somebody else does.
    value1(await approve({ ...production, key: key('ada') }, effects));
    expect(reasonsOf(value1(await promote({ ...production, key: key('ada') }, effects)))[0]).toContain(
      'nobody approves their own promotion',
    );
    expect(value1(await approve({ ...production, key: key('bob') }, effects)).kind).toBe('approved');
    expect(value1(await approve({ ...production, key: key('bob') }, effects)).kind).toBe('already');
    const notAllowed = value1(await promote({ ...production, key: key('dan') }, effects));
    expect(reasonsOf(notAllowed)).toEqual([
      'promoter: dan@example.org (signature) is not among the promoters of production: ada@example.org',
    ]);
    const done = value1(await promote({ ...production, key: key('ada'), why: 'good' }, effects));
    expect(done).toMatchObject({
      kind: 'promoted',
      event: { event: { by: { name: 'ada@example.org', proof: 'signature' }, why: 'good' } },
    });
    expect(
      'decision' in done && decisionText({ decision: done.decision, outcome: 'done' }, plainCanvas(120)),
    ).toContain('✓ approvals  1 approval by bob@example.org, 1 is needed');
    expect(value1(await promote({ ...production, key: key('ada') }, effects)).kind).toBe('already');
  });

  it('P3 are refused clearly without a key, and with one that nobody knows', async () => {
    const { effects, key, folder } = await scene();
    expect(code(await promote(production, effects))).toBe('registry-signing-key-missing');
    expect(code(await promote({ ...production, key: key('eve') }, effects))).toBe('registry-signer-unknown');
    expect(code(await approve({ ...production, key: key('eve') }, effects))).toBe('registry-signer-unknown');
    const asked = value1(await promote({ ...production, dryRun: true }, effects));
    expect(reasonsOf(asked)[0]).toContain('promoter: only what one of the allowed signers signs counts');
    await rig.git(folder, 'config', 'gpg.format', 'ssh');
    await rig.git(folder, 'config', 'user.signingkey', key('dan'));
    expect(reasonsOf(value1(await promote(production, effects)))[0]).toContain('dan@example.org (signature)');
    await rig.git(
      folder,
      'config',
      'user.signingkey',
      `key::${readFileSync(`${key('dan')}.pub`, 'utf8').trim()}`,
    );
    expect(code(await promote(production, effects))).toBe('registry-signing-key-literal');
  });

  it('P3 take no word of a job for who it is', async () => {
    const { effects, key } = await scene();
    const env = { ...effects.env, GITHUB_ACTIONS: 'true', GITHUB_ACTOR: 'ada' };
    expect(code(await promote(production, { ...effects, env }))).toBe('registry-signing-key-missing');
    const judged = value1(await promote({ ...production, key: key('robot') }, { ...effects, env }));
    expect(reasonsOf(judged)[0]).toContain('robot@example.org (signature) is not among');
  });

  it('V4 roll back and archive with the right of a promoter alone', async () => {
    const { effects, key } = await scene();
    for (const version of ['v1.0.0', 'v1.1.0']) {
      const reference = `${model}@${version}`;
      value1(await approve({ reference, to: 'production', key: key('bob') }, effects));
      expect(value1(await promote({ reference, to: 'production', key: key('ada') }, effects)).kind).toBe(
        'promoted',
      );
    }
    const back = { reference: model, stage: 'production', why: 'slow' };
    expect(value1(await rollback({ ...back, key: key('dan') }, effects)).kind).toBe('refused');
    const began = performance.now();
    const done = value1(await rollback({ ...back, key: key('ada') }, effects));
    process.stdout.write(
      `a signed rollback through a remote: ${((performance.now() - began) / 1000).toFixed(2)} s\n`,
    );
    expect(done).toMatchObject({ kind: 'rolled-back', decision: { name: 'v1.0.0', replaces: 'v1.1.0' } });
    const gone = { reference: `${model}@v1.0.0`, why: 'wrong labels', key: key('dan') };
    expect(value1(await archive(gone, effects)).kind).toBe('refused');
    expect(value1(await archive({ ...gone, withdraw: true }, effects)).kind).toBe('refused');
    expect(value1(await archive({ ...gone, withdraw: true, key: key('ada') }, effects)).kind).toBe(
      'archived',
    );
    expect(code(await approve({ ...production, key: key('bob') }, effects))).toBe(
      'registry-version-archived',
    );
  });
});

describe.skipIf(!hasSshKeygen)('signed tags that are pushed', () => {
  async function push(folder: string, tag: string, key: string | undefined): Promise<void> {
    const signing = key === undefined ? [] : ['-c', 'gpg.format=ssh', '-c', `user.signingkey=${key}`];
    const how = key === undefined ? [] : ['-s', '-m', 'please'];
    await rig.git(folder, ...signing, 'tag', ...how, tag, `${model}@v1.0.0^{}`);
    await rig.git(folder, 'push', '-q', 'origin', tag);
  }

  it.each<[string, Person | undefined, RegExp | undefined]>([
    ['the key of a promoter', 'ada', undefined],
    [
      'the key of somebody who is no promoter',
      'dan',
      /dan@example.org \(signature\) is not among the promoters/,
    ],
    ['a key that nobody knows', 'eve', /nobody vouches that it is ada@example.org/],
    ['no key', undefined, /nobody vouches that it is nobody/],
  ])('P3 V4 are answered by their signature: %s', async (_, who, reason) => {
    const { effects, key, folder } = await scene();
    value1(await approve({ ...production, key: key('bob') }, effects));
    const tag = `${model}#production#7`;
    await push(folder, tag, who === undefined ? undefined : key(who));
    const env = { ...effects.env, GITHUB_ACTIONS: 'true', GITHUB_ACTOR: 'ada' };
    const answer = value1(await promoteFromTag({ tag, key: key('robot') }, { ...effects, env }));
    if (reason === undefined)
      expect(answer).toMatchObject({
        kind: 'promoted',
        event: { event: { request: tag, by: { name: 'ada@example.org' } } },
      });
    else {
      expect(answer).toMatchObject({ kind: 'refused', event: { tag: `${model}#production!#8` } });
      expect(reasonsOf(answer).join()).toMatch(reason);
    }
    expect(value1(await promoteFromTag({ tag, key: key('robot') }, effects)).kind).toBe('answered');
  });

  it('P3 V4 are refused when they were tampered with', async () => {
    const { effects, key, folder } = await scene();
    value1(await approve({ ...production, key: key('bob') }, effects));
    const tag = `${model}#production#7`;
    await push(folder, 'other', key('ada'));
    const signed = await rig.git(folder, 'cat-file', 'tag', 'other');
    const forged = `${signed.replace('tag other', `tag ${tag}`)}\n`;
    const id = execFileSync('git', ['hash-object', '-t', 'tag', '-w', '--stdin', '--literally'], {
      cwd: join(rig.path, folder),
      input: forged,
      encoding: 'utf8',
    }).trim();
    await rig.git(folder, 'push', '-q', 'origin', `${id}:refs/tags/${tag}`);
    const answer = value1(await promoteFromTag({ tag, key: key('robot') }, effects));
    expect(reasonsOf(answer).join()).toContain('nobody vouches');
  });

  it('say what is wrong with a tag that asks for nothing, or for no model', async () => {
    const { effects, key, folder } = await scene();
    const from = (tag: string) => promoteFromTag({ tag, key: key('robot') }, effects);
    expect(code(await from('v1.0.0'))).toBe('registry-request-invalid');
    expect(code(await from(`${model}#production#9`))).toBe('registry-request-unknown');
    await push(folder, 'load#production#1', undefined);
    expect(code(await from('load#production#1'))).toBe('registry-model-unknown');
    await push(folder, `${model}#moon#9`, undefined);
    const refused = value1(await from(`${model}#moon#9`));
    expect(reasonsOf(refused).join()).toContain('trainyard.yaml has no stage "moon"');
  });
});

function reasonsOf(answer: PromotionAnswer): readonly string[] {
  if (!('decision' in answer)) throw new Error(answer.kind);
  return answer.decision.checks
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ check, because }) => `${check}: ${because}`);
}

type Answer<T> =
  | { ok: true; value: T }
  | { ok: false; failure: readonly { code: string; message: string }[] };

function value1<T>(result: Answer<T>): T {
  if (!result.ok) throw new Error(result.failure.map((each) => `${each.code}: ${each.message}`).join('; '));
  return result.value;
}

function code(result: Answer<unknown>): string {
  return result.ok ? 'no failure' : result.failure[0]!.code;
}
