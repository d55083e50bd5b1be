import { describe, expect, it } from 'vitest';
import { failed, success } from '../../src/base/index.ts';
import type { BranchEdit } from '../../src/github/index.ts';
import { editGithubBranch } from '../../src/github/index.ts';
import { badGateway, brokenConnection } from './fake/index.ts';
import type { GithubRig } from './rig.ts';
import { githubRig, repository } from './rig.ts';

const branch = 'main';

/** Adds a line to a file unless it is there: what is made depends on what stands at the head. */
async function addLine(rig: GithubRig, line: string, environment: Readonly<Record<string, string>> = {}) {
  const heads: string[] = [];
  const edited = await editGithubBranch(
    {
      branch,
      environment: {
        ...{ GITHUB_TOKEN: 'good', GITHUB_REPOSITORY: repository, GITHUB_API_URL: rig.github.origin },
        ...environment,
      },
      patience: { tries: 5, pauseMs: [1, 2], random: () => 0, sleep: async () => {} },
    },
    async (head) => {
      heads.push(head);
      const text = await rig.git('origin.git', 'show', `${head}:list.txt`).catch(() => '');
      const lines = text === '' ? [] : text.split('\n');
      if (lines.includes(line)) return success(undefined);
      const bytes = Buffer.from([...lines, line].map((each) => `${each}\n`).join(''));
      const edit: BranchEdit = { files: [{ path: 'list.txt', bytes }], message: `Add ${line}\n\nBecause.` };
      return success(edit);
    },
  );
  return { edited, heads };
}

const list = (rig: GithubRig): Promise<string> => rig.git('origin.git', 'show', `${branch}:list.txt`);
const count = async (rig: GithubRig): Promise<number> =>
  Number(await rig.git('origin.git', 'rev-list', '--count', branch));

/** Somebody else's commit, over Git. */
async function overtake(rig: GithubRig, line: string): Promise<void> {
  await rig.git('work', 'pull', '-q', '--rebase', 'origin', branch);
  const { readFile } = await import('node:fs/promises');
  const before = await readFile(`${rig.path}/work/list.txt`, 'utf8').catch(() => '');
  await rig.write('work/list.txt', `${before}${line}\n`);
  await rig.git('work', 'add', '.');
  await rig.git('work', 'commit', '-q', '-m', `Add ${line}`);
  await rig.git('work', 'push', '-q', 'origin', `HEAD:${branch}`);
}

describe('an edit of a branch', () => {
  it('T3: replaces files in one commit, and does nothing when there is nothing to do', async () => {
    await using rig = await githubRig();
    const before = await count(rig);
    const { edited } = await addLine(rig, 'a');
    expect(edited).toMatchObject({ ok: true, value: { written: true, tries: 1 } });
    expect(await rig.git('origin.git', 'log', '-1', '--format=%B', branch)).toBe('Add a\n\nBecause.');
    const head = await rig.git('origin.git', 'rev-parse', branch);
    expect((await addLine(rig, 'a')).edited).toMatchObject({ value: { commit: head, written: false } });
    expect(await count(rig)).toBe(before + 1);
  });

  it('T3: is made anew from what somebody else wrote meanwhile, and loses nothing of either', async () => {
    await using rig = await githubRig();
    await addLine(rig, 'a');
    rig.github.world.faults.push({
      ...{ on: 'graphql', when: 'after' },
      // Of the first look: the head that it saw is not the head any more.
      meanwhile: () => overtake(rig, 'b'),
    });
    const { edited, heads } = await addLine(rig, 'c');
    expect(edited).toMatchObject({ value: { written: true, tries: 2 } });
    expect(new Set(heads).size).toBe(2);
    expect((await list(rig)).split('\n')).toEqual(['a', 'b', 'c']);
  });

  it.each([
    ['a gateway says 502 after it was written', badGateway('after')],
    ['a gateway says 502 before it was written', badGateway('before')],
    ['the connection breaks', brokenConnection('before-answer')],
  ])('T3: is written once when %s', async (_, fault) => {
    await using rig = await githubRig();
    const before = await count(rig);
    rig.github.world.faults.push(fault);
    const { edited } = await addLine(rig, 'a');
    expect(edited).toMatchObject({ ok: true, value: { written: true } });
    expect(edited).toMatchObject({ value: { commit: await rig.git('origin.git', 'rev-parse', branch) } });
    expect(await count(rig)).toBe(before + 1);
  });

  it('gives up when others are always faster', async () => {
    await using rig = await githubRig();
    const stale = {
      data: { createCommitOnBranch: null },
      errors: [{ type: 'STALE_DATA', message: 'Expected branch to point to "a" but it did not.' }],
    };
    for (let i = 0; i < 5; i++) rig.github.world.faults.push({ when: 'before', status: 200, body: stale });
    expect((await addLine(rig, 'a')).edited).toMatchObject({ failure: [{ code: 'github-overtaken' }] });
  });

  it('says what to do when the branch is protected', async () => {
    await using rig = await githubRig();
    for (const message of [
      'Repository rule violations found\n\nChanges must be made through a pull request.',
      'Protected branch update failed for refs/heads/main.',
      'Required status check "test" is expected. At least 1 approving review is required by reviewers with write access.',
      "You're not authorized to push to this branch.",
      'Cannot change this locked branch',
      'Commits must have verified signatures.',
    ]) {
      const body = { data: { createCommitOnBranch: null }, errors: [{ type: 'UNPROCESSABLE', message }] };
      rig.github.world.faults.push({ when: 'before', status: 200, body });
      const { edited } = await addLine(rig, 'a');
      expect(edited).toMatchObject({ ok: false, failure: [{ code: 'github-branch-protected' }] });
    }
  });

  it('says what the token lacks', async () => {
    await using rig = await githubRig();
    const token = rig.github.token('reader', { permissions: { contents: 'read' } });
    const { edited } = await addLine(rig, 'a', { GITHUB_TOKEN: token });
    expect(edited).toMatchObject({ failure: [{ code: 'github-denied' }] });
  });

  it('hands on what is wrong with what was to be written', async () => {
    await using rig = await githubRig();
    const before = await count(rig);
    const environment = {
      ...{ GITHUB_TOKEN: 'good', GITHUB_REPOSITORY: repository, GITHUB_API_URL: rig.github.origin },
    };
    const patience = { tries: 2, pauseMs: [1, 2] as const, random: () => 0, sleep: async () => {} };
    const mine = { code: 'mine', kind: 'input', message: 'no' } as const;
    const edited = await editGithubBranch({ branch, environment, patience }, async () => failed([mine]));
    expect(edited).toEqual({ ok: false, failure: [mine] });
    expect(await count(rig)).toBe(before);
  });
});
