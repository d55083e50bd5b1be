import { happened } from './events.ts';
import { readCommit } from './shapes/commit.ts';
import { pullInFull } from './shapes/discussion.ts';
import type { Pull, Token, World } from './world.ts';
import { timestamp } from './world.ts';

export interface PullToOpen {
  readonly title: string;
  readonly body?: string;
  readonly headRepository: string;
  readonly headRef: string;
  readonly baseRef: string;
  readonly draft?: boolean;
}

/** Opens a pull request; `undefined` when there is no such head or base, or nothing between them. */
export async function openPull(
  world: World,
  by: Token | string,
  pull: PullToOpen,
): Promise<Pull | undefined> {
  const number = world.issues.size + 1;
  const fork = world.forks.get(pull.headRepository);
  if (pull.headRepository !== world.repository) {
    if (fork === undefined || (await fork.find(`refs/heads/${pull.headRef}`)) === undefined) return undefined;
    await bringHead(world, number, fork.folder, pull.headRef);
  }
  const headSha =
    fork === undefined
      ? await world.git.find(`refs/heads/${pull.headRef}`)
      : await world.git.find(`refs/pull/${number}/head`);
  const base = await world.git.find(`refs/heads/${pull.baseRef}`);
  if (headSha === undefined || base === undefined || headSha === base) return undefined;
  const actor = typeof by === 'string' ? by : by.actor;
  const now = timestamp(world);
  const made: Pull = {
    number,
    id: world.nextId(),
    headRepository: pull.headRepository,
    headRef: pull.headRef,
    headSha,
    baseRef: pull.baseRef,
    draft: pull.draft ?? false,
    mergeSha: undefined,
    mergedAt: undefined,
    baseChanges: [],
  };
  world.issues.set(number, {
    id: made.id + 1_000_000,
    number,
    author: actor,
    createdAt: now,
    updatedAt: now,
    title: pull.title,
    body: pull.body ?? '',
    labels: [],
    state: 'open',
    stateReason: null,
  });
  world.pulls.set(number, made);
  await mergeOnTrial(world, made);
  await tellPull(world, by, made, 'opened');
  return made;
}

/** What a push does to the pull requests of a branch: those from it move, those into it may be merged by it. */
export async function followPulls(
  world: World,
  by: Token | string,
  moved: { readonly repository: string; readonly branch: string; readonly sha: string },
): Promise<void> {
  for (const pull of world.pulls.values()) {
    const issue = world.issues.get(pull.number)!;
    if (issue.state !== 'open') continue;
    if (pull.headRepository === moved.repository && pull.headRef === moved.branch) {
      if (pull.headSha === moved.sha) continue;
      const before = pull.headSha;
      const fork = world.forks.get(moved.repository);
      if (fork !== undefined) await bringHead(world, pull.number, fork.folder, moved.branch);
      pull.headSha = moved.sha;
      await mergeOnTrial(world, pull);
      await tellPull(world, by, pull, 'synchronize', { before, after: moved.sha });
    } else if (moved.repository === world.repository && pull.baseRef === moved.branch) {
      const isIn = await world.git.run(['merge-base', '--is-ancestor', pull.headSha, moved.sha]).then(
        () => true,
        () => false,
      );
      if (!isIn) {
        await mergeOnTrial(world, pull);
        continue;
      }
      pull.mergedAt = timestamp(world);
      pull.mergeSha = moved.sha;
      issue.state = 'closed';
      issue.updatedAt = pull.mergedAt;
      await tellPull(world, by, pull, 'closed');
    }
  }
}

/** Merges a pull request as the green button does: a merge commit on the base branch. */
export async function mergePull(world: World, number: number): Promise<string> {
  const pull = world.pulls.get(number);
  if (pull?.mergeSha === undefined) throw new Error(`Pull request ${number} does not merge`);
  await world.git.run(['update-ref', `refs/heads/${pull.baseRef}`, pull.mergeSha]);
  return pull.mergeSha;
}

/** Points it at another branch. Nothing that ran for it before says so; the event `edited` has no example. */
export async function changeBase(world: World, pull: Pull, branch: string): Promise<void> {
  pull.baseRef = branch;
  pull.baseChanges.push(timestamp(world));
  await mergeOnTrial(world, pull);
}

export async function tellPull(
  world: World,
  by: Token | string,
  pull: Pull,
  action: string,
  more: object = {},
): Promise<void> {
  const message = (await readCommit(world, pull.headSha))?.message ?? '';
  const isSkipped = /\[(skip ci|ci skip|no ci)\]/.test(message);
  const conflict = pull.mergeSha === undefined && action !== 'closed';
  await happened(world, by, {
    name: 'pull_request',
    action,
    facts: { number: pull.number, pull_request: await pullInFull(world, pull), ...more },
    ref: `refs/pull/${pull.number}/merge`,
    sha: pull.mergeSha ?? pull.headSha,
    silent: conflict
      ? 'the pull request conflicts with its base'
      : isSkipped
        ? 'the commit message asks to skip'
        : undefined,
  });
}

async function bringHead(world: World, number: number, folder: string, branch: string): Promise<void> {
  await world.git.run(['fetch', '-q', folder, `+refs/heads/${branch}:refs/pull/${number}/head`]);
}

/** `refs/pull/<n>/head` and, while it merges, `refs/pull/<n>/merge`. */
async function mergeOnTrial(world: World, pull: Pull): Promise<void> {
  const { git } = world;
  await git.run(['update-ref', `refs/pull/${pull.number}/head`, pull.headSha]);
  const base = await git.find(`refs/heads/${pull.baseRef}`);
  const trial = `refs/pull/${pull.number}/merge`;
  const tree = await git.run(['merge-tree', '--write-tree', base!, pull.headSha]).catch(() => undefined);
  if (tree === undefined) {
    pull.mergeSha = undefined;
    await git.run(['update-ref', '-d', trial]);
    return;
  }
  const message = `Merge ${pull.headSha} into ${base}`;
  const commit = ['commit-tree', tree.split('\n')[0]!, '-p', base!, '-p', pull.headSha];
  pull.mergeSha = await git.run(commit, message);
  await git.run(['update-ref', trial, pull.mergeSha]);
}
