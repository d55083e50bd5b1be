import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/index.ts';
import type { BranchWriter } from '../../src/git/index.ts';
import { openGithubBranch } from '../../src/github/index.ts';
import type { GitRig } from '../git/rig.ts';
import { gitRig, value } from '../git/rig.ts';
import { branchWriterContract } from '../runs/branch-writer-contract.ts';
import type { GithubFake } from './fake/index.ts';
import { badGateway, githubFake, retryAfter } from './fake/index.ts';

const branch = 'trainyard/runs';
const note = { message: 'Add\n\nmore', time: new Date('2026-11-21T03:15:00Z') };

interface Rig extends GitRig {
  readonly api: GithubFake;
  readonly slept: number[];
  writer(environment?: Readonly<Record<string, string>>): Promise<BranchWriter>;
  contents(): Promise<ReadonlyMap<string, string>>;
}

async function githubRig(options: { empty?: boolean } = {}): Promise<Rig> {
  const rig = await gitRig();
  if (options.empty === true) await rig.git('.', 'init', '-q', '--bare', 'origin.git');
  else {
    await rig.repository('work');
    await rig.git('.', 'clone', '-q', '--bare', 'work', 'origin.git');
  }
  const api = await githubFake({ gitFolder: `${rig.path}/origin.git`, repository: 'octo/hearts' });
  const slept: number[] = [];
  const writers: AsyncDisposable[] = [];
  return {
    ...rig,
    api,
    slept,
    writer: async (environment = {}) => {
      const opened = await openGithubBranch({
        branch,
        environment: {
          GITHUB_TOKEN: 'good',
          GITHUB_REPOSITORY: 'octo/hearts',
          GITHUB_API_URL: api.origin,
          ...environment,
        },
        patience: {
          tries: 40,
          pauseMs: [20, 500],
          random: seededRandom(3),
          sleep: async (ms) => {
            slept.push(ms);
            await new Promise((resolve) => setTimeout(resolve, Math.min(ms, 500)));
          },
        },
      });
      writers.push(value(opened));
      return value(opened);
    },
    contents: async () => {
      const bare = await rig.open('origin.git');
      const files = value(await bare.listFiles(branch, ''));
      const bytes = value(await bare.readFiles(files));
      return new Map(files.map(({ path }, i) => [path, Buffer.from(bytes[i]!).toString()]));
    },
    [Symbol.asyncDispose]: async () => {
      for (const writer of writers) await writer[Symbol.asyncDispose]();
      await api[Symbol.asyncDispose]();
      await rig[Symbol.asyncDispose]();
    },
  };
}

const one = { path: 'runs/1.json', bytes: Buffer.from('1') };
const two = { path: 'runs/2.json', bytes: Buffer.from('2') };

async function commits(rig: Rig): Promise<number> {
  return Number(await rig.git('origin.git', 'rev-list', '--count', branch));
}

describe("a branch through GitHub's API", () => {
  branchWriterContract(async () => {
    const rig = await githubRig();
    return {
      writer: () => rig.writer(),
      contents: () => rig.contents(),
      refuse: () => {
        rig.api.token('good', { permissions: { contents: 'read' } });
      },
      [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
    };
  });

  test('begins as an orphan, and keeps bytes that are no text', async () => {
    await using rig = await githubRig();
    const writer = await rig.writer();
    const bytes = Buffer.from([0xff, 0x00, 0xfe]);
    value(await writer.append([one, { path: 'archive/a.gz', bytes }], note));
    expect(await rig.git('origin.git', 'log', '--format=%s|%P', branch)).toBe('Add|');
    const bare = await rig.open('origin.git');
    expect(value(await bare.readFile(branch, 'archive/a.gz'))).toEqual(bytes);
  });

  test.each([
    ['before it was done', 'before'],
    ['after it was done', 'after'],
  ] as const)('writes once when a gateway answers 502 %s', async (_, when) => {
    await using rig = await githubRig();
    const writer = await rig.writer();
    value(await writer.append([one], note));
    rig.api.world.faults.push(badGateway(when));
    expect(await writer.append([two], note)).toMatchObject({ ok: true, value: { added: 1 } });
    expect(await commits(rig)).toBe(2);
    expect((await rig.contents()).size).toBe(2);
  });

  test('waits as long as it is asked to, and not for ever', async () => {
    await using rig = await githubRig();
    const writer = await rig.writer();
    value(await writer.append([one], note));
    rig.api.world.faults.push(retryAfter(7));
    value(await writer.append([two], note));
    expect(rig.slept).toContain(7_000);
    rig.api.world.faults.push(retryAfter(3600));
    const answer = await writer.append([{ ...two, path: 'runs/3.json' }], note);
    expect(answer).toMatchObject({ ok: false, failure: { code: 'github-limited' } });
  });

  test('goes on from what somebody else wrote between the look and the commit', async () => {
    await using rig = await githubRig();
    const writer = await rig.writer();
    value(await writer.append([one], note));
    const stale = {
      data: { createCommitOnBranch: null },
      errors: [{ type: 'STALE_DATA', message: 'Expected branch to point to "a" but it did not.' }],
    };
    rig.api.world.faults.push({ when: 'before', status: 200, body: stale });
    expect(await writer.append([two], note)).toMatchObject({ value: { added: 1 } });
  });

  test.each([
    ['a token that nobody knows', { GITHUB_TOKEN: 'stolen' }, 'github-denied'],
    ['a repository that is not there', { GITHUB_REPOSITORY: 'octo/other' }, 'github-not-found'],
    ['no server', { GITHUB_API_URL: 'http://127.0.0.1:9' }, 'github-unreachable'],
  ])('says what is wrong with %s, and never shows the token', async (_, environment, code) => {
    await using rig = await githubRig();
    const writer = await rig.writer(environment);
    const answer = await writer.append([one], note);
    expect(answer).toMatchObject({ ok: false, failure: { code } });
    expect(JSON.stringify(answer)).not.toContain('stolen');
  });

  test('says that a repository without a commit needs one first', async () => {
    await using rig = await githubRig({ empty: true });
    const answer = await (await rig.writer()).append([one], note);
    expect(answer).toMatchObject({ ok: false, failure: { code: 'github-repository-empty' } });
  });

  test('does not open without what Actions sets', async () => {
    const patience = { tries: 1, pauseMs: [1, 1], random: () => 0, sleep: async () => undefined } as const;
    for (const environment of [
      {},
      { GITHUB_TOKEN: 'x', GITHUB_REPOSITORY: 'no slash' },
      { GITHUB_TOKEN: 'x', GITHUB_REPOSITORY: 'a/b', GITHUB_API_URL: 'nowhere' },
    ]) {
      const opened = await openGithubBranch({ branch, environment, patience });
      expect(opened).toMatchObject({ ok: false, failure: { code: 'github-setting-missing' } });
    }
  });
});
