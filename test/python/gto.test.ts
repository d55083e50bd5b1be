import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GitRig } from '../git/rig.ts';
import { gitRig, value } from '../git/rig.ts';
import { assignment, by, done, ledgerOn, registration } from '../registry/rig.ts';
import { digestOf, standing } from '../registry/tags.ts';
import { pythonPath } from './run-python.ts';

let rig: GitRig;
let count = 0;

beforeAll(async () => {
  rig = await gitRig();
});
afterAll(() => rig[Symbol.asyncDispose]());

async function fresh(): Promise<{ folder: string; first: string; second: string }> {
  const folder = `gto-${count++}`;
  const first = await rig.repository(folder);
  await rig.git(folder, 'config', 'user.name', 'Grace');
  await rig.git(folder, 'config', 'user.email', 'grace@example.org');
  await rig.git(folder, 'commit', '--quiet', '--allow-empty', '-m', 'second');
  return { folder, first, second: await rig.git(folder, 'rev-parse', 'HEAD') };
}

/** GTO's own command line. */
async function gto(folder: string, verb: string, ...args: readonly string[]): Promise<string> {
  const env = { ...process.env, HOME: rig.path, COLUMNS: '200' };
  const command = [verb, '--repo', join(rig.path, folder), ...args];
  return (await promisify(execFile)(join(dirname(pythonPath()), 'gto'), command, { env })).stdout;
}

interface Shown {
  readonly version: string;
  readonly stage: Readonly<Record<string, string>>;
}

/** The newest version and what stands where, as GTO sees it. */
async function seenByGto(folder: string): Promise<Shown> {
  const shown = JSON.parse(await gto(folder, 'show', '--json')) as Record<string, Shown>;
  return shown['heart-disease']!;
}

describe('GTO reads the tags of Trainyard', () => {
  it('V3 V4 versions, stages and their order, after a rollback, a refusal and an archive too', async () => {
    const { folder, first, second } = await fresh();
    const ledger = ledgerOn(await rig.open(folder));
    // Clocks of several machines: the second event says that it was written before the first.
    const times = ['12:00', '11:00', '11:30', '09:00'].map((time) => new Date(`2026-03-01T${time}:00Z`));
    await done(ledger, registration('v1.0.0'), { commit: first, time: times[0]! });
    await done(ledger, assignment('v1.0.0', 'staging'), { commit: first, time: times[1]! });
    await done(ledger, assignment('v1.0.0', 'production'), { commit: first, time: times[2]! });
    // Other parameters, the same commit.
    await done(ledger, registration('v1.1.0'), { commit: first, time: times[3]! });
    await done(ledger, assignment('v1.1.0', 'staging'), { commit: first });
    await done(ledger, assignment('v1.1.0', 'production'), { commit: first });
    expect(await seenByGto(folder)).toMatchObject({
      version: 'v1.1.0',
      stage: { staging: 'v1.1.0', production: 'v1.1.0' },
    });

    await done(ledger, { ...assignment('v1.0.0', 'production'), cause: 'rollback' } as never, {
      commit: first,
    });
    expect(await seenByGto(folder)).toMatchObject({ stage: { staging: 'v1.1.0', production: 'v1.0.0' } });

    // Somebody asks by GTO itself for what may not be.
    await done(ledger, registration('v2.0.0'), { commit: second });
    await gto(folder, 'assign', 'heart-disease', '--version', 'v2.0.0', '--stage', 'production');
    const asked = value(await ledger.state('heart-disease'));
    expect(asked.requests).toMatchObject([{ name: 'v2.0.0', stage: 'production' }]);
    expect(standing(asked)).toEqual({ staging: 'v1.1.0', production: 'v1.0.0' });
    expect(await seenByGto(folder)).toMatchObject({ stage: { production: 'v2.0.0' } });
    const refusal = {
      kind: 'unassign',
      name: 'v2.0.0',
      digest: digestOf('v2.0.0'),
      by,
      stage: 'production',
      cause: 'refused',
      checks: [{ check: 'gate', verdict: 'fail', because: 'roc_auc 0.80 is less than 0.85' }],
      request: asked.requests[0]!.tag,
    } as const;
    const refused = await done(ledger, refusal, { commit: second });
    expect(refused.requests).toEqual([]);
    expect(await seenByGto(folder)).toMatchObject({
      version: 'v2.0.0',
      stage: { staging: 'v1.1.0', production: 'v1.0.0' },
    });

    const archive = { kind: 'archive', name: 'v2.0.0', digest: digestOf('v2.0.0'), by } as const;
    const archived = await done(ledger, archive, { commit: second });
    expect(archived.problems).toEqual([]);
    expect(await seenByGto(folder)).toMatchObject({
      version: 'v1.1.0',
      stage: { staging: 'v1.1.0', production: 'v1.0.0' },
    });

    const history = JSON.parse(await gto(folder, 'history', 'heart-disease', '--json', '--ascending')) as {
      readonly ref: string;
      readonly event: string;
    }[];
    const ours = archived.events.map(({ tag }) => tag);
    expect(history.map(({ ref }) => ref).filter((tag) => ours.includes(tag))).toEqual(ours);
    const last = await gto(folder, 'check-ref', 'heart-disease#production#5', '--json');
    expect(JSON.parse(last)).toMatchObject({ event: 'assignment', version: 'v1.0.0', stage: 'production' });
  });
});

describe('Trainyard reads the tags of GTO', () => {
  it('V3 versions, and assignments as requests, and what was taken back', async () => {
    const { folder, first, second } = await fresh();
    await gto(folder, 'register', 'heart-disease', first, '--version', 'v0.1.0');
    await gto(folder, 'register', 'heart-disease', second, '--bump-minor');
    await gto(folder, 'assign', 'heart-disease', '--version', 'v0.1.0', '--stage', 'production');
    await gto(folder, 'assign', 'heart-disease', '--version', 'v0.2.0', '--stage', 'production');
    const ledger = ledgerOn(await rig.open(folder));
    const state = value(await ledger.state('heart-disease'));
    expect(state.versions).toMatchObject([
      { name: 'v0.2.0', commit: second, archived: false, stages: [] },
      { name: 'v0.1.0', commit: first, archived: false, stages: [] },
    ]);
    expect(state.versions[0]!.digest).toBeUndefined();
    expect(state.requests).toMatchObject([
      {
        tag: 'heart-disease#production#1',
        name: 'v0.1.0',
        by: { name: 'Grace <grace@example.org>', proof: 'nobody' },
      },
      { tag: 'heart-disease#production#2', name: 'v0.2.0' },
    ]);
    expect({ ...state.stages }).toEqual({});
    expect(state.counter).toBe(2);

    await gto(folder, 'deprecate', 'heart-disease', 'v0.2.0', 'production');
    await gto(folder, 'deprecate', 'heart-disease', 'v0.1.0');
    const later = value(await ledger.state('heart-disease'));
    expect(later.requests.map(({ tag }) => tag)).toEqual(['heart-disease#production#1']);
    expect(later.versions.map(({ name, archived }) => [name, archived])).toEqual([
      ['v0.2.0', false],
      ['v0.1.0', true],
    ]);

    // Both go on in one repository, with numbers that never meet.
    const next = await done(ledger, registration('v1.0.0'), { commit: second });
    expect(next.versions[0]!.commit).not.toBe(second);
    const assigned = await done(ledger, assignment('v1.0.0', 'production'), { commit: second });
    expect(standing(assigned)).toEqual({ production: 'v1.0.0' });
    expect(await seenByGto(folder)).toMatchObject({ version: 'v1.0.0', stage: { production: 'v1.0.0' } });
    await gto(folder, 'assign', 'heart-disease', '--version', 'v1.0.0', '--stage', 'staging');
    const all = value(await ledger.state('heart-disease'));
    expect(new Set(all.requests.map(({ counter }) => counter)).size).toBe(all.requests.length);
    expect(all.problems).toEqual([]);
  });
});
