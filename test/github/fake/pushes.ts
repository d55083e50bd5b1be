import { happened } from './events.ts';
import { followPulls } from './pulls.ts';
import { eventCommit, readCommit, readCommits } from './shapes/commit.ts';
import type { Token, World } from './world.ts';

const zero = '0'.repeat(40);
/** "Events will not be created for tags when more than three tags are pushed at once." */
const mostTags = 3;

interface Change {
  readonly ref: string;
  readonly before: string;
  readonly after: string;
}

/** Tells of every branch and tag that moved, and lets pull requests follow. */
export async function afterPush(
  world: World,
  by: Token | string,
  before: ReadonlyMap<string, string>,
): Promise<void> {
  const after = await world.git.refs();
  const changes: Change[] = [...new Set([...before.keys(), ...after.keys()])]
    .filter((ref) => /^refs\/(heads|tags)\//.test(ref) && before.get(ref) !== after.get(ref))
    .map((ref) => ({ ref, before: before.get(ref) ?? zero, after: after.get(ref) ?? zero }));
  const tags = changes.filter(({ ref }) => ref.startsWith('refs/tags/'));
  for (const change of changes) {
    if (tags.length > mostTags && tags.includes(change)) continue;
    await tell(world, by, change);
  }
  for (const { ref, after: sha } of changes) {
    if (ref.startsWith('refs/heads/') && sha !== zero) {
      await followPulls(world, by, { repository: world.repository, branch: ref.slice(11), sha });
    }
  }
}

async function tell(world: World, by: Token | string, change: Change): Promise<void> {
  const { ref, before, after } = change;
  const actor = typeof by === 'string' ? by : by.actor;
  const isTag = ref.startsWith('refs/tags/');
  const short = ref.slice(isTag ? 10 : 11);
  const [created, deleted] = [before === zero, after === zero];
  const facts = deleted ? undefined : await readCommit(world, after);
  const range = created ? undefined : `${before}..${after}`;
  const list = range === undefined || deleted || isTag ? [] : await readCommits(world, ['--reverse', range]);
  const commits = list.map((each) => eventCommit(world, each));
  const isForced =
    !created &&
    !deleted &&
    !isTag &&
    !(await world.git.run(['merge-base', '--is-ancestor', before, after]).then(
      () => true,
      () => false,
    ));
  const pusherType = { pusher_type: 'user' };
  if (created) {
    const about = { ref: short, ref_type: isTag ? 'tag' : 'branch', master_branch: world.defaultBranch };
    await happened(world, by, {
      name: 'create',
      facts: { ...about, description: null, ...pusherType },
      ref,
      sha: facts?.sha ?? after,
    });
  }
  await happened(world, by, {
    name: 'push',
    facts: {
      ref,
      before,
      after,
      created,
      deleted,
      forced: isForced,
      base_ref: null,
      compare: `${world.origin()}/${world.repository}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
      commits: commits.slice(-2048),
      head_commit: facts === undefined ? null : eventCommit(world, facts),
      pusher: { name: actor, email: `${actor}@users.noreply.example.org` },
    },
    ref,
    sha: facts?.sha ?? after,
    silent: deleted ? 'a deleted ref has nothing to run' : skipped(facts?.message ?? ''),
  });
  if (deleted) {
    await happened(world, by, {
      name: 'delete',
      facts: { ref: short, ref_type: isTag ? 'tag' : 'branch', ...pusherType },
    });
  }
}

export function skipped(message: string): string | undefined {
  const isAsked = /\[(skip ci|ci skip|no ci|skip actions|actions skip)\]/.test(message);
  return isAsked ? 'the commit message asks to skip' : undefined;
}
