import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/index.ts';
import type { Patience, Repository } from '../../src/git/index.ts';
import type { RunRecord, SyncRequest } from '../../src/runs/index.ts';
import { gitBranchWriter, openRuns, recordPath, syncRuns } from '../../src/runs/index.ts';
import { unite } from '../../src/runs/sync/union.ts';
import type { GitRig } from '../git/rig.ts';
import { gitRig, value } from '../git/rig.ts';
import type { GitServer } from '../rig/git-server.ts';
import { gitServer } from '../rig/git-server.ts';
import { branchWriterContract } from './branch-writer-contract.ts';
import { sampleRecord } from './sample-record.ts';

const branch = 'trainyard/runs';

const patience: Patience = {
  tries: 200,
  pauseMs: [20, 800],
  random: seededRandom(11),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

interface Rig extends GitRig {
  readonly server: GitServer;
  /** A clone of `origin.git` over smart HTTP. */
  clone(folder: string): Promise<Repository>;
  recorded(folder: string): Promise<string[]>;
}

async function rigWithRemote(): Promise<Rig> {
  const rig = await gitRig();
  const server = await gitServer({ root: rig.path });
  await rig.repository('work');
  await rig.git('.', 'clone', '-q', '--bare', 'work', 'origin.git');
  return {
    ...rig,
    server,
    clone: async (folder) => {
      await rig.git('.', 'clone', '-q', server.url('origin.git'), folder);
      return await rig.open(folder);
    },
    recorded: async (folder) => {
      const listed = await rig.git(folder, 'ls-tree', '-r', '--name-only', branch);
      return listed.split('\n').filter((line) => line !== '');
    },
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await rig[Symbol.asyncDispose]();
    },
  };
}

function recordNumber(n: number): RunRecord {
  const id = `20261121-0315${String(n % 60).padStart(2, '0')}-${n.toString(16).padStart(8, '0')}`;
  return sampleRecord({ id });
}

async function write(repository: Repository, n: number): Promise<string> {
  const record = recordNumber(n);
  const history = openRuns({ repository, branch, root: repository.workTree! });
  value(await history.write(record));
  return recordPath(record.pipeline, record.id);
}

async function requestOf(
  repository: Repository,
  direction: 'push' | 'pull',
  more: Partial<SyncRequest> = {},
): Promise<SyncRequest> {
  const remote = value(await repository.remote())!;
  const now = (): Date => new Date('2026-11-21T04:00:00Z');
  return { repository, remote, remoteName: 'origin', branch, direction, patience, now, ...more };
}

async function push(repository: Repository): ReturnType<typeof syncRuns> {
  return await syncRuns(await requestOf(repository, 'push'));
}

async function pull(repository: Repository): ReturnType<typeof syncRuns> {
  return await syncRuns(await requestOf(repository, 'pull'));
}

describe('run records on a remote', () => {
  test('64 that are recorded and pushed at once by two clones are all there, and in both clones (V1)', async () => {
    await using rig = await rigWithRemote();
    const clones = [await rig.clone('one'), await rig.clone('other')];
    const answers = await Promise.all(
      Array.from({ length: 64 }, async (_, n) => {
        const repository = clones[n % 2]!;
        const path = await write(repository, n);
        return { path, pushed: await push(repository) };
      }),
    );
    for (const { pushed } of answers) expect(pushed).toMatchObject({ ok: true });
    const paths = answers.map(({ path }) => path).sort();
    expect(await rig.recorded('origin.git')).toEqual(paths);
    for (const [i, folder] of ['one', 'other'].entries()) {
      value(await pull(clones[i]!));
      expect(await rig.recorded(folder)).toEqual(paths);
    }
    await rig.git('origin.git', 'fsck', '--strict');
  });

  test('of eight clones are all there, whoever comes first', async () => {
    await using rig = await rigWithRemote();
    const clones: Repository[] = [];
    for (let n = 0; n < 8; n++) clones.push(await rig.clone(`c${n}`));
    const paths = await Promise.all(clones.map((repository, n) => write(repository, n)));
    const answers = await Promise.all(clones.map(push));
    expect(answers.every((answer) => answer.ok)).toBe(true);
    expect(await rig.recorded('origin.git')).toEqual(paths.sort());
  });

  test('are pushed once: a second push sends nothing and makes no commit', async () => {
    await using rig = await rigWithRemote();
    const repository = await rig.clone('one');
    await write(repository, 1);
    expect(await push(repository)).toMatchObject({ value: { sent: 1, tries: 1 } });
    const tip = await rig.git('origin.git', 'rev-parse', branch);
    expect(await push(repository)).toMatchObject({ value: { sent: 0, received: 0 } });
    expect(await rig.git('origin.git', 'rev-parse', branch)).toBe(tip);
  });

  test('come by a pull into a clone that has none, and what is only here stays here', async () => {
    await using rig = await rigWithRemote();
    const [one, other] = [await rig.clone('one'), await rig.clone('other')];
    const first = await write(one, 1);
    value(await push(one));
    const own = await write(other, 2);
    expect(await pull(other)).toMatchObject({ value: { received: 1, sent: 0 } });
    expect(await rig.recorded('other')).toEqual([first, own]);
    expect(await rig.recorded('origin.git')).toEqual([first]);
    expect(await push(other)).toMatchObject({ value: { sent: 1 } });
    expect(await rig.recorded('origin.git')).toEqual([first, own]);
  });

  test('that were taken away here are taken away there, and do not come back', async () => {
    await using rig = await rigWithRemote();
    const [one, other] = [await rig.clone('one'), await rig.clone('other')];
    const [first, second] = [await write(one, 1), await write(one, 2)];
    value(await push(one));
    value(await pull(other));
    const third = await write(other, 3);
    const tip = (await one.tip(branch))!;
    const pruned = value(
      await one.writeCommit({ parent: tip, remove: [first], message: 'Prune', time: new Date(0) }),
    );
    value(await one.updateRefs([{ ref: `refs/heads/${branch}`, before: tip, after: pruned }]));
    value(await push(one));
    value(await push(other));
    value(await pull(one));
    for (const folder of ['one', 'other', 'origin.git']) {
      expect(await rig.recorded(folder)).toEqual([second, third]);
    }
  });

  test('with other bytes under the same path are refused by name, and nothing is sent', async () => {
    await using rig = await rigWithRemote();
    const [one, other] = [await rig.clone('one'), await rig.clone('other')];
    const path = await write(one, 1);
    value(await push(one));
    const edited = { path, bytes: Buffer.from('{}') };
    value(await other.commitFiles(branch, [edited], { message: 'Edit', time: new Date(0) }));
    const answer = await push(other);
    expect(answer).toMatchObject({ ok: false, failure: { code: 'runs-sync-clash' } });
    expect(!answer.ok && answer.failure.message).toContain(path);
  });

  test('survive a remote whose history was written anew', async () => {
    await using rig = await rigWithRemote();
    const repository = await rig.clone('one');
    const paths = [await write(repository, 1), await write(repository, 2)];
    value(await push(repository));
    const tree = await rig.git('origin.git', 'rev-parse', `${branch}^{tree}`);
    const squashed = await rig.git('origin.git', 'commit-tree', tree, '-m', 'Squashed');
    await rig.git('origin.git', 'update-ref', `refs/heads/${branch}`, squashed);
    const third = await write(repository, 3);
    value(await push(repository));
    expect(await rig.recorded('origin.git')).toEqual([...paths, third]);
  });

  test('go and come in a shallow clone of one branch, as CI makes it', async () => {
    await using rig = await rigWithRemote();
    const one = await rig.clone('one');
    const first = await write(one, 1);
    value(await push(one));
    await rig.git('.', 'clone', '-q', '--depth=1', '--single-branch', rig.server.url('origin.git'), 'ci');
    const ci = await rig.open('ci');
    const second = await write(ci, 2);
    expect(await push(ci)).toMatchObject({ value: { sent: 1 } });
    expect(await rig.recorded('origin.git')).toEqual([first, second]);
  });

  test('stay on the local branch when the remote lets nobody write, or always somebody else is faster', async () => {
    await using rig = await rigWithRemote();
    const repository = await rig.clone('one');
    const path = await write(repository, 1);
    rig.server.behaviour.token = 'secret';
    const denied = await push(repository);
    expect(denied).toMatchObject({ ok: false, failure: { code: 'git-remote-denied' } });
    delete rig.server.behaviour.token;
    const request = await requestOf(repository, 'push', { patience: { ...patience, tries: 3 } });
    const slow = { ...request.remote, push: async () => ({ ok: true, value: { kind: 'lost', refs: [] } }) };
    const answer = await syncRuns({ ...request, remote: slow as SyncRequest['remote'] });
    expect(answer).toMatchObject({ ok: false, failure: { code: 'runs-sync-overtaken' } });
    expect(await rig.recorded('one')).toEqual([path]);
  });
});

describe('the union by path', () => {
  const sideOf = fc
    .uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'))
    .map((paths) => paths.map((path) => ({ path, blob: `bytes of ${path}` })));
  const names = (files: readonly { readonly path: string }[]): Set<string> =>
    new Set(files.map(({ path }) => path));

  test('keeps what either side added, and takes away what either side took away', () => {
    fc.assert(
      fc.property(sideOf, sideOf, sideOf, (base, ours, theirs) => {
        const { add, remove, clashes } = unite({ base, ours, theirs });
        const after = names(theirs);
        for (const { path } of add) after.add(path);
        for (const path of remove) after.delete(path);
        expect(clashes).toEqual([]);
        for (const path of ['a', 'b', 'c', 'd', 'e']) {
          const [was, here, there] = [base, ours, theirs].map((side) => names(side).has(path));
          expect(after.has(path), path).toBe(was ? here! && there! : here! || there!);
        }
      }),
    );
  });
});

describe('a branch of a Git remote', () => {
  branchWriterContract(async () => {
    const rig = await rigWithRemote();
    let count = 0;
    return {
      writer: async () => {
        const repository = await rig.clone(`w${count++}`);
        const remote = value(await repository.remote())!;
        return gitBranchWriter({ repository, remote, branch, patience });
      },
      contents: async () => {
        const bare = await rig.open('origin.git');
        const files = value(await bare.listFiles(branch, ''));
        const bytes = value(await bare.readFiles(files));
        return new Map(files.map(({ path }, i) => [path, Buffer.from(bytes[i]!).toString()]));
      },
      refuse: () => {
        rig.server.behaviour.token = 'secret';
      },
      [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
    };
  });
});
