import { expect, test } from 'vitest';
import { mergedRun } from '../../src/commands/index.ts';
import { value } from '../git/rig.ts';
import { makeZip } from '../github/fake/index.ts';
import type { GithubRig } from '../github/rig.ts';
import { githubRig, repository } from '../github/rig.ts';

/** A run for a pull request from a branch of this repository, with results of its jobs. */
async function runOf(
  rig: GithubRig,
  head: { readonly headSha: string; readonly headBranch: string },
  more: { readonly headRepository?: string; readonly event?: string; readonly artifact?: string } = {},
): Promise<number> {
  const { artifact = 'trainyard-results.hearts.1-job-1', ...rest } = more;
  const path = '.github/workflows/trainyard-pull-request.yml';
  const run = await rig.github.addRun({ path, event: 'pull_request', ...head, ...rest });
  rig.github.addArtifact({ run: run.id, name: artifact, zip: makeZip([]) });
  await rig.github.finishRun(run.id, 'success');
  return run.id;
}

async function askedFor(
  rig: GithubRig,
  commit: string,
  env: Readonly<Record<string, string>> = {},
  pipelines: readonly string[] = ['hearts'],
): Promise<number | undefined> {
  // What the job that asks may do.
  const permissions = { actions: 'read', contents: 'read', 'pull-requests': 'read' } as const;
  const token = rig.github.token('plan', { permissions });
  return value(
    await mergedRun(commit, pipelines, {
      env: {
        GITHUB_TOKEN: token,
        GITHUB_REPOSITORY: repository,
        GITHUB_API_URL: rig.github.origin,
        GITHUB_REF: 'refs/heads/main',
        ...env,
      },
    }),
  );
}

test('the run of a merged pull request is found, after the merge, and not that of another workflow', async () => {
  await using rig = await githubRig();
  const headSha = await rig.branch('better', 'b.txt', 'b');
  const pull = await rig.github.openPull('octocat', { headRef: 'better' });
  const head = { headSha, headBranch: 'better' };
  const run = await runOf(rig, head);
  await runOf(rig, head, { artifact: 'coverage' });
  expect(await askedFor(rig, headSha)).toBeUndefined();
  const commit = await rig.github.mergePull('octocat', pull.number);
  expect(await askedFor(rig, commit)).toBe(run);
  expect(await askedFor(rig, commit, { GITHUB_REF: 'refs/heads/release' })).toBeUndefined();
});

test('of two projects each finds the run of its own workflow, whatever order GitHub gives', async () => {
  await using rig = await githubRig();
  const headSha = await rig.branch('better', 'b.txt', 'b');
  const pull = await rig.github.openPull('octocat', { headRef: 'better' });
  const head = { headSha, headBranch: 'better' };
  const hearts = await runOf(rig, head);
  const fraud = await runOf(rig, head, { artifact: 'trainyard-results.fraud.1-job-1' });
  const commit = await rig.github.mergePull('octocat', pull.number);
  expect(await askedFor(rig, commit, {}, ['hearts'])).toBe(hearts);
  expect(await askedFor(rig, commit, {}, ['cards', 'fraud'])).toBe(fraud);
  for (const name of ['heart', 'heart.', '', 'trainyard-results'])
    expect(await askedFor(rig, commit, {}, [name])).toBeUndefined();
});

test('results of a pull request that first went to a branch of its own are not taken (P4)', async () => {
  await using rig = await githubRig();
  await rig.branch('trap', 'trap.txt', 'forges what it measures');
  const headSha = await rig.branch('better', 'b.txt', 'b');
  const pull = await rig.github.openPull('octocat', { headRef: 'better', baseRef: 'trap' });
  await runOf(rig, { headSha, headBranch: 'better' });
  await rig.github.changeBase(pull.number, 'main');
  const commit = await rig.github.mergePull('octocat', pull.number);
  expect(await askedFor(rig, commit)).toBeUndefined();
});

test('nor those of a branch with a second pull request to somewhere else, open or closed (P4)', async () => {
  for (const state of ['open', 'closed'] as const) {
    await using rig = await githubRig();
    await rig.branch('trap', 'trap.txt', 'forges what it measures');
    const headSha = await rig.branch('better', 'b.txt', 'b');
    const trap = await rig.github.openPull('octocat', { headRef: 'better', baseRef: 'trap' });
    await runOf(rig, { headSha, headBranch: 'better' });
    const pull = await rig.github.openPull('octocat', { headRef: 'better' });
    rig.github.world.issues.get(trap.number)!.state = state;
    const commit = await rig.github.mergePull('octocat', pull.number);
    expect(await askedFor(rig, commit)).toBeUndefined();
  }
});

test('nor those of another branch, a fork or another event with the same commit (P4)', async () => {
  await using rig = await githubRig();
  const headSha = await rig.branch('better', 'b.txt', 'b');
  const pull = await rig.github.openPull('octocat', { headRef: 'better' });
  await rig.github.fork('mallory/hearts');
  await runOf(rig, { headSha, headBranch: 'twin' });
  await runOf(rig, { headSha, headBranch: 'better' }, { headRepository: 'mallory/hearts' });
  await runOf(rig, { headSha, headBranch: 'better' }, { event: 'push' });
  const commit = await rig.github.mergePull('octocat', pull.number);
  expect(await askedFor(rig, commit)).toBeUndefined();
});

test('nor any of a fork, though it was merged (P4)', async () => {
  await using rig = await githubRig();
  const fork = await rig.github.fork('mallory/hearts');
  const headSha = await rig.branch('better', 'b.txt', 'b');
  await rig.git('work', 'push', '-q', fork, 'better');
  const pull = await rig.github.openPull('mallory', {
    headRef: 'better',
    headRepository: 'mallory/hearts',
  });
  await runOf(rig, { headSha, headBranch: 'better' }, { headRepository: 'mallory/hearts' });
  const commit = await rig.github.mergePull('octocat', pull.number);
  expect(await askedFor(rig, commit)).toBeUndefined();
});
