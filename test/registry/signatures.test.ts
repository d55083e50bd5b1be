import { execFileSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../src/base/index.ts';
import { canonicalJson, digestOfBytes } from '../../src/base/index.ts';
import { openRegistry } from '../../src/commands/index.ts';
import type { EventDraft, Ledger } from '../../src/registry/index.ts';
import { checkSignatures, openLedger } from '../../src/registry/index.ts';
import type { GitRig } from '../git/rig.ts';
import { gitRig, value } from '../git/rig.ts';
import { hasSshKeygen } from '../rig/ssh-keygen.ts';
import { assignment, registration } from './rig.ts';
import { digestOf, standing } from './tags.ts';

let rig: GitRig;
let count = 0;

beforeAll(async () => {
  if (!hasSshKeygen) return;
  rig = await gitRig();
  for (const name of ['ada', 'eve']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', join(rig.path, name)]);
  }
});
afterAll(() => rig?.[Symbol.asyncDispose]());

interface Signed {
  readonly ledger: Ledger;
  readonly unchecked: Ledger;
  readonly signers: string;
  readonly cache: string;
  readonly folder: string;
  readonly put: (draft: EventDraft, key?: 'ada' | 'eve') => Promise<void>;
}

/** A book in which only Ada's signature counts. */
async function signed(): Promise<Signed> {
  const folder = `signed-${count++}`;
  const commit = await rig.repository(folder);
  const repository = await rig.open(folder);
  const signers = join(rig.path, `${folder}.signers`);
  writeFileSync(signers, `ada@example.org ${readFileSync(join(rig.path, 'ada.pub'), 'utf8')}`);
  const cache = join(rig.path, `${folder}.cache`);
  const environment = { PATH: process.env['PATH'] };
  const open = () => checkSignatures({ allowedSigners: signers, cacheFolder: cache, environment });
  // A new check each time: what it knows can only come from its folder.
  const ledger = (): Ledger => openLedger({ repository, remote: undefined, signatures: open() });
  const unchecked = openLedger({ repository, remote: undefined });
  return {
    get ledger() {
      return ledger();
    },
    unchecked,
    signers,
    cache,
    folder,
    put: async (draft, key) => {
      const on = value(await unchecked.state('heart-disease'));
      const options = { commit, time: new Date('2026-03-01T12:00:00Z') };
      const signingKey = key === undefined ? {} : { signingKey: join(rig.path, key) };
      const appended = value(await unchecked.append(draft, on, { ...options, ...signingKey }));
      expect(appended.kind).toBe('done');
    },
  };
}

describe.skipIf(!hasSshKeygen)('with allowed signers', () => {
  it('P3 only what one of them signed stands in a stage; all else asks', async () => {
    const book = await signed();
    await book.put(registration('v1.0.0'), 'ada');
    await book.put(registration('v1.1.0'), 'ada');
    await book.put(assignment('v1.0.0', 'production'), 'ada');
    await book.put(assignment('v1.1.0', 'production'), 'eve');
    await book.put(assignment('v1.1.0', 'production'));
    const state = value(await book.ledger.state('heart-disease'));
    expect(standing(state)).toEqual({ production: 'v1.0.0' });
    expect(state.requests.map(({ tag, name }) => [tag, name])).toEqual([
      ['heart-disease#production#2', 'v1.1.0'],
      ['heart-disease#production#3', 'v1.1.0'],
    ]);
    expect(standing(value(await book.ledger.states())[0]!)).toEqual({ production: 'v1.0.0' });
    expect(standing(value(await book.unchecked.state('heart-disease')))).toEqual({ production: 'v1.1.0' });
  });

  it('P3 a version that nobody among them registered can stand nowhere, and is no version of ours', async () => {
    const book = await signed();
    await book.put(registration('v1.0.0'), 'eve');
    await book.put(assignment('v1.0.0', 'production'), 'ada');
    for (const state of [
      value(await book.ledger.state('heart-disease')),
      value(await book.ledger.states())[0]!,
    ]) {
      expect(standing(state)).toEqual({});
      expect(state.versions).toMatchObject([{ name: 'v1.0.0', stages: [] }]);
      expect(state.versions[0]!.digest).toBeUndefined();
      expect(state.problems.map(({ problem }) => problem).join()).toContain('v1.0.0 is not registered');
    }
  });

  it('P3 nobody else takes a version out of its stage, or archives one', async () => {
    const book = await signed();
    await book.put(registration('v1.0.0'), 'ada');
    await book.put(registration('v1.1.0'), 'ada');
    await book.put(assignment('v1.0.0', 'production'), 'ada');
    const subject = {
      name: 'v1.0.0',
      digest: digestOf('v1.0.0'),
      by: { name: '@eve', proof: 'nobody' },
    } as const;
    await book.put(
      { kind: 'unassign', ...subject, stage: 'production', cause: 'withdrawn', checks: [] },
      'eve',
    );
    await book.put({ kind: 'archive', ...subject }, 'eve');
    const state = value(await book.ledger.state('heart-disease'));
    expect(standing(state)).toEqual({ production: 'v1.0.0' });
    expect(state.versions.some(({ archived }) => archived)).toBe(false);
    expect(state.problems.map(({ problem }) => problem)).toEqual([
      'it is signed by nobody among the allowed signers',
      'it is signed by nobody among the allowed signers',
    ]);
  });

  it('P3 a key that has ended cannot sign with a date from before its end, behind what came later', async () => {
    const book = await signed();
    writeFileSync(
      book.signers,
      `${readFileSync(book.signers, 'utf8')}eve@example.org valid-before="20260601" ${readFileSync(join(rig.path, 'eve.pub'), 'utf8')}`,
    );
    await book.put(registration('v1.0.0'), 'ada');
    await book.put(registration('v1.1.0'), 'ada');
    await book.put(assignment('v1.0.0', 'production'), 'ada');
    const repository = await rig.open(book.folder);
    const on = value(await book.unchecked.state('heart-disease'));
    const after = on.head!;
    const event = {
      ...assignment('v1.1.0', 'production'),
      version: 1,
      model: 'heart-disease',
      counter: 2,
      after,
    };
    const message = canonicalJson({ ...event, at: '2026-02-01T00:00:00.000Z' } as unknown as Json);
    const tag = value(
      await repository.writeTag({
        name: 'heart-disease#production#2',
        target: on.versions.find(({ name }) => name === 'v1.1.0')!.commit,
        message,
        time: new Date('2026-02-01T00:00:00Z'),
        signingKey: join(rig.path, 'eve'),
      }),
    );
    const moved = await repository.updateRefs([
      { ref: 'refs/tags/heart-disease#production#2', before: undefined, after: tag },
      { ref: 'refs/trainyard/registry/heart-disease', before: after, after: tag },
    ]);
    expect(value(moved).kind).toBe('done');
    expect(standing(value(await book.unchecked.state('heart-disease')))).toEqual({ production: 'v1.1.0' });
    for (const state of [
      value(await book.ledger.state('heart-disease')),
      value(await book.ledger.states())[0]!,
    ]) {
      expect(standing(state)).toEqual({ production: 'v1.0.0' });
    }
  });

  it('P3 nobody signs in the name of somebody else', async () => {
    const book = await signed();
    await book.put(registration('v1.0.0'), 'ada');
    const by = { name: 'bob@example.org', proof: 'signature' } as const;
    await book.put({ ...assignment('v1.0.0', 'production'), by }, 'ada');
    expect(standing(value(await book.ledger.state('heart-disease')))).toEqual({});
    await book.put({ ...assignment('v1.0.0', 'production'), by: { ...by, name: 'ada@example.org' } }, 'ada');
    expect(standing(value(await book.ledger.state('heart-disease')))).toEqual({ production: 'v1.0.0' });
  });

  it('remembers what was verified, for as long as the list of signers is the same', async () => {
    const book = await signed();
    await book.put(registration('v1.0.0'), 'ada');
    await book.put(assignment('v1.0.0', 'production'), 'eve');
    expect(standing(value(await book.ledger.state('heart-disease')))).toEqual({});
    const [file] = readdirSync(book.cache);
    const lines = readFileSync(join(book.cache, file!), 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => line.split(' ').slice(1)).sort()).toEqual([
      ['heart-disease#production#1', '-'],
      ['heart-disease@v1.0.0', 'ada@example.org'],
    ]);
    // A line that a killed process wrote by half is none.
    appendFileSync(join(book.cache, file!), `${'0'.repeat(17)}`);
    expect(standing(value(await book.ledger.state('heart-disease')))).toEqual({});
    expect(readFileSync(join(book.cache, file!), 'utf8').split('\n').length).toBe(3);
    appendFileSync(book.signers, `eve@example.org ${readFileSync(join(rig.path, 'eve.pub'), 'utf8')}`);
    expect(standing(value(await book.ledger.state('heart-disease')))).toEqual({ production: 'v1.0.0' });
    expect(readdirSync(book.cache).length).toBe(2);
  });

  it('a signed tag that was moved to another name counts for nothing', async () => {
    const book = await signed();
    await book.put(registration('v1.0.0'), 'ada');
    await book.put(assignment('v1.0.0', 'staging'), 'ada');
    const tags = 'refs/tags/heart-disease#';
    await rig.git(book.folder, 'update-ref', `${tags}production#2`, `${tags}staging#1`);
    const state = value(await book.ledger.state('heart-disease'));
    expect(standing(state)).toEqual({ staging: 'v1.0.0' });
    expect(state.problems).toMatchObject([{ tag: 'heart-disease#production#2' }]);
  });

  it('a commit that brings answers along vouches for nothing', async () => {
    const book = await signed();
    await book.put(registration('v1.0.0'), 'ada');
    await book.put(assignment('v1.0.0', 'production'), 'eve');
    const signers = readFileSync(book.signers);
    await rig.write(`${book.folder}/signers`, signers.toString());
    await rig.write(`${book.folder}/trainyard.yaml`, 'version: 1\nallowed-signers: signers\n');
    const tag = 'heart-disease#production#1';
    const id = await rig.git(book.folder, 'rev-parse', `refs/tags/${tag}`);
    const file = `${digestOfBytes(signers).slice('sha256:'.length, 'sha256:'.length + 16)}.txt`;
    await rig.write(`${book.folder}/.trainyard/signatures/${file}`, `${id} ${tag} ada@example.org\n`);
    await rig.git(book.folder, 'add', '--force', '.trainyard', 'signers', 'trainyard.yaml');
    await rig.git(book.folder, 'commit', '-m', 'Vouch for myself');
    const effects = { cwd: join(rig.path, book.folder), env: { PATH: process.env['PATH'] } };
    const opened = await openRegistry(effects);
    if (!opened.ok) throw new Error(opened.failure[0]!.message);
    expect(standing(value(await opened.value.ledger.state('heart-disease')))).toEqual({});
    // It remembers all the same, where no commit reaches.
    expect(readdirSync(join(rig.path, book.folder, '.git/trainyard/signatures'))).toEqual([file]);
  });
});
