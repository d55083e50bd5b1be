import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOfBytes } from '../../src/base/index.ts';
import { attest, verifyModel } from '../../src/commands/index.ts';
import { openRepository } from '../../src/git/index.ts';
import { attestationPath, attestIfConfigured, recordDigest } from '../../src/provenance/index.ts';
import { openLedger } from '../../src/registry/index.ts';
import type { RunRecord } from '../../src/runs/index.ts';
import { openRuns, recordPath } from '../../src/runs/index.ts';
import { openStore } from '../../src/store/index.ts';
import { Repository } from '../rig/repository.ts';
import {
  keyPair,
  modelBytes,
  modelDigest,
  pemOf,
  privatePemOf,
  recordOfModel,
  signed,
  statementOf,
} from './rig.ts';

const branch = 'trainyard/runs';
const pair = keyPair();
let repository: Repository;
let record: RunRecord;

/** A repository with one run, its model in the store, and that registered as v1.0.0. */
beforeEach(async () => {
  repository = new Repository();
  repository.write('trainyard.yaml', 'version: 1\nprovenance: { keys: [trust.pub] }\n');
  repository.write('trust.pub', pemOf(pair));
  repository.write('.gitignore', '.trainyard/\n*.pem\n*.onnx\n');
  repository.git('init', '--quiet', '--initial-branch=main');
  repository.commit('Start');
  repository.write('signing.pem', privatePemOf(pair));
  repository.write('model.onnx', Buffer.from(modelBytes).toString('latin1'));
  const commit = repository.git('rev-parse', 'HEAD').trim();
  record = recordOfModel({ code: { commit, branch: 'main', dirty: false } });
  const opened = await openRepository(repository.folder);
  if (!opened.ok || opened.value === undefined) throw new Error('no repository');
  const store = await openStore('file:.trainyard/store', { root: repository.folder });
  if (!store.ok) throw new Error(store.failure.message);
  await store.value.putBytes(modelBytes);
  const written = await openRuns({ repository: opened.value, branch, root: repository.folder }).write(record);
  if (!written.ok) throw new Error(written.failure.message);
  const ledger = openLedger({ repository: opened.value, remote: undefined });
  const state = await ledger.state('heart-disease');
  if (!state.ok) throw new Error(state.failure.message);
  const appended = await ledger.append(
    {
      kind: 'register',
      name: 'v1.0.0',
      digest: modelDigest,
      by: { name: 'somebody', proof: 'nobody' },
      run: record.id,
      pipeline: record.pipeline,
      record: recordDigest(record),
      bump: { rule: 'first', because: 'it is the first' },
      metrics: {},
    },
    state.value,
    { commit, time: new Date() },
  );
  if (!appended.ok || appended.value.kind !== 'done') throw new Error('not registered');
});

afterEach(() => repository[Symbol.dispose]());

function world(env: Readonly<Record<string, string>> = {}) {
  return { cwd: repository.folder, env, now: () => new Date('2026-11-21T08:00:00Z') };
}

async function attested(reference = 'heart-disease@v1.0.0'): Promise<string> {
  const report = await attest({ reference, key: 'signing.pem' }, world());
  if (!report.ok) throw new Error(report.failure[0]?.message);
  return report.value.attested?.path ?? '';
}

/** The verdict, and the first check that does not pass: which and where. */
async function verified(reference: string, more: { readonly as?: string; readonly bundles?: string[] } = {}) {
  const report = await verifyModel({ reference, ...more }, world());
  if (!report.ok) return [report.failure[0]?.code];
  const { verdict, checks } = report.value.verification;
  const wrong =
    checks.find((check) => check.verdict === 'fail') ?? checks.find((check) => check.verdict !== 'pass');
  return wrong === undefined ? [verdict] : [verdict, wrong.check, wrong.place?.file, wrong.place?.field];
}

/** Commits to the runs branch as somebody who may push there, but does not play by the rules. */
function rewrite(change: (folder: string) => void): void {
  const folder = join(repository.folder, '.trainyard', 'hostile');
  repository.git('worktree', 'add', '--quiet', folder, branch);
  change(folder);
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=X', '-c', 'user.email=x@example.org', ...args], { cwd: folder });
  git('add', '--all');
  git('commit', '--quiet', '--message', 'x');
  git('checkout', '--quiet', '--detach');
  repository.git('worktree', 'remove', '--force', folder);
}

describe('models attest and verify', () => {
  it('P4: attest a version, and verify it by version, run and file', async () => {
    expect(await verified('heart-disease@v1.0.0')).toEqual([
      'inconclusive',
      'attestation',
      undefined,
      undefined,
    ]);
    const path = await attested();
    expect(repository.git('show', `${branch}:${path}`)).toContain('dsseEnvelope');
    expect(repository.git('log', '-1', '--format=%s', branch).trim()).toBe(
      `heart-disease: attest ${modelDigest.slice(0, 19)}`,
    );
    for (const reference of [
      'heart-disease@v1.0.0',
      'heart-disease',
      `run:${record.id}`,
      record.id,
      'latest',
      './model.onnx',
    ]) {
      expect([reference, ...(await verified(reference))]).toEqual([reference, 'pass']);
    }
  });

  it('attests once: the same key for the same record changes nothing', async () => {
    expect(await attested()).toBe(await attested('latest'));
    expect(repository.git('rev-list', '--count', branch).trim()).toBe('2');
    const opened = await openRepository(repository.folder);
    if (!opened.ok || opened.value === undefined) throw new Error('no repository');
    const options = { record, provenance: {}, cwd: repository.folder, time: new Date() };
    const place = { repository: opened.value, branch };
    const env = { TRAINYARD_SIGNING_KEY: 'signing.pem' };
    expect(await attestIfConfigured({ ...options, env: {} }, place)).toEqual({ ok: true, value: undefined });
    expect(await attestIfConfigured({ ...options, env }, place)).toEqual({ ok: true, value: undefined });
    const other = { ...record, id: '20261121-031501-1f4a9c1e' };
    const done = await attestIfConfigured({ ...options, record: other, env }, place);
    expect(done).toMatchObject({ ok: true, value: { run: other.id } });
    // The identity of a job is asked for only where the project trusts one.
    const job = { ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:9', ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x' };
    const third = { ...record, id: '20261121-031502-1f4a9c1e' };
    expect(await attestIfConfigured({ ...options, record: third, env: job }, place)).toEqual({
      ok: true,
      value: undefined,
    });
  });

  it('changes nothing in a dry run, with and without a key', async () => {
    for (const key of [{}, { key: 'signing.pem' }]) {
      const report = await attest({ reference: 'latest', dryRun: true, ...key }, world());
      expect(report).toMatchObject({
        ok: true,
        value: { statement: { subject: [{ name: 'heart-disease' }] } },
      });
    }
    expect(repository.git('rev-list', '--count', branch).trim()).toBe('1');
    expect(await attest({ reference: 'latest', dryRun: true, key: 'trust.pub' }, world())).toMatchObject({
      ok: false,
      failure: [{ code: 'provenance-key-public' }],
    });
  });

  it('P4: refuses a file that is not the version, and names both digests', async () => {
    await attested();
    repository.write('model.onnx', `${Buffer.from(modelBytes).toString('latin1')}!`);
    expect(await verified('./model.onnx')).toEqual(['inconclusive', 'attestation', undefined, undefined]);
    expect(await verified('./model.onnx', { as: 'heart-disease@v1.0.0' })).toEqual([
      'fail',
      'model',
      './model.onnx',
      undefined,
    ]);
    expect(await verified('missing.onnx', { as: 'heart-disease' })).toEqual(['provenance-file-unreadable']);
  });

  it('P4: refuses a record that was changed on the branch, and signs nothing more from it', async () => {
    const before = await attested();
    const path = recordPath(record.pipeline, record.id);
    rewrite((folder) => {
      const file = join(folder, path);
      writeFileSync(file, readFileSync(file, 'utf8').replace('"trees":200', '"trees":201'));
    });
    expect(await verified('heart-disease@v1.0.0')).toEqual([
      'fail',
      'record',
      path,
      'predicate.buildDefinition.externalParameters.params.trees',
    ]);
    const again = await attest({ reference: 'heart-disease@v1.0.0', key: 'signing.pem' }, world());
    expect(again).toMatchObject({ ok: false, failure: [{ code: 'provenance-record-changed' }] });
    expect(before).not.toBe('');
  });

  it('P4: is not led astray by a hostile branch: wrong names, links, folders, junk, another model in the place', async () => {
    const good = await attested();
    const stranger = await signed(statementOf(record), keyPair());
    const put = (folder: string, path: string, bytes: Uint8Array | string) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), bytes);
    };
    const digits = modelDigest.slice(7);
    rewrite((folder) => {
      put(folder, attestationPath(modelDigest, digestOfBytes(stranger)), stranger);
      put(folder, `attestations/${digits}/${'0'.repeat(64)}.json`, 'x');
      put(folder, `attestations/${digits}/readme.md`, 'hello');
      put(folder, `attestations/${digits}/${'1'.repeat(64)}.json/inner.json`, '{}');
      symlinkSync(
        '../../../../../../../etc/passwd',
        join(folder, `attestations/${digits}/${'2'.repeat(64)}.json`),
      );
      for (let i = 0; i < 20; i++) {
        const junk = `{"junk":${i}}`;
        put(folder, attestationPath(modelDigest, digestOfBytes(junk)), junk);
      }
    });
    expect(await verified('heart-disease@v1.0.0')).toEqual(['pass']);
    rewrite((folder) => rmSync(join(folder, good)));
    expect((await verified('heart-disease@v1.0.0')).slice(0, 2)).toEqual(['fail', 'signature']);

    const otherDigest = digestOfBytes('another');
    const replayed = await signed(
      statementOf({ ...record, model: { ...record.model!, digest: otherDigest } }),
      pair,
    );
    rewrite((folder) => put(folder, attestationPath(modelDigest, digestOfBytes(replayed)), replayed));
    expect((await verified('heart-disease@v1.0.0')).slice(0, 2)).toEqual(['fail', 'subject']);
  });

  it('P4: refuses a tag whose message was changed', async () => {
    await attested();
    const message = repository.git('tag', '--list', '--format=%(contents)', 'heart-disease@v1.0.0').trim();
    const retag = (text: string) =>
      repository.git(
        '-c',
        'user.name=X',
        '-c',
        'user.email=x@example.org',
        'tag',
        '--force',
        '--annotate',
        '--cleanup=verbatim',
        '--message',
        text,
        'heart-disease@v1.0.0',
        'HEAD',
      );
    // The book refuses most of it by itself: the chain names the tag object. Here the whole chain is forged.
    const forged = message.replace(modelDigest, digestOfBytes('another'));
    expect(forged).not.toBe(message);
    retag(forged);
    repository.git('update-ref', 'refs/trainyard/registry/heart-disease', 'refs/tags/heart-disease@v1.0.0');
    expect(await verified('heart-disease@v1.0.0')).toEqual([
      'fail',
      'version',
      'heart-disease@v1.0.0',
      'digest',
    ]);
    retag(message.replace(recordDigest(record), digestOfBytes('another')));
    repository.git('update-ref', 'refs/trainyard/registry/heart-disease', 'refs/tags/heart-disease@v1.0.0');
    expect(await verified('heart-disease@v1.0.0')).toEqual([
      'fail',
      'version',
      'heart-disease@v1.0.0',
      'record',
    ]);
  });

  it('takes attestations from elsewhere, and believes them no more than others', async () => {
    writeFileSync(join(repository.folder, 'good.json'), await signed(statementOf(record), pair));
    writeFileSync(join(repository.folder, 'bad.json'), await signed(statementOf(record), keyPair()));
    expect(await verified('heart-disease@v1.0.0', { bundles: ['good.json'] })).toEqual(['pass']);
    expect((await verified('heart-disease@v1.0.0', { bundles: ['bad.json'] })).slice(0, 3)).toEqual([
      'fail',
      'signature',
      'bad.json',
    ]);
    expect(await verified('./model.onnx', { bundles: ['bad.json', 'good.json'] })).toEqual(['pass']);
  });

  it('speaks on the command line: exit codes, JSON, prose', async () => {
    const unsigned = await repository.trainyard('models', 'verify', 'heart-disease@v1.0.0');
    expect([unsigned.code, unsigned.stdout.split('\n')[0]]).toEqual([
      1,
      `? inconclusive  heart-disease  ${modelDigest}`,
    ]);
    const done = await repository.trainyard('models', 'attest', 'latest', '--key', 'signing.pem');
    expect(done.code).toBe(0);
    expect(done.stdout).toMatch(/^attestations\/[0-9a-f]{64}\/[0-9a-f]{64}\.json\n$/);
    expect(done.stderr).toMatch(/^Attested heart-disease sha256:/);
    const good = await repository.trainyard('models', 'verify', 'heart-disease@v1.0.0', '--json');
    expect([good.code, JSON.parse(good.stdout).verification.verdict]).toEqual([0, 'pass']);
    const none = await repository.trainyard('models', 'attest', 'latest');
    expect([none.code, none.stderr.includes('provenance-no-signer')]).toEqual([2, true]);
  });
});
