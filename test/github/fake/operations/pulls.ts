import { openPull, tellPull } from '../pulls.ts';
import { account, nodeId } from '../shapes/account.ts';
import { diffEntry, fileChanges } from '../shapes/commit.ts';
import { pull, pullInFull } from '../shapes/discussion.ts';
import type { Answer, Call, Handlers, Pull, World } from '../world.ts';
import { notFound, paged, timestamp, unprocessable } from '../world.ts';

/** GitHub lists so many files of a pull request, and says nothing of the others. */
const mostFiles = 3000;

export const pullHandlers: Handlers = {
  'pulls/get': async ({ world, path }) => {
    const found = world.pulls.get(Number(path['pull_number']));
    return found === undefined ? notFound() : { status: 200, body: await pullInFull(world, found) };
  },
  'pulls/list': async (call) => {
    const { world, query } = call;
    const state = query['state'] ?? 'open';
    const chosen = [...world.pulls.values()]
      .filter(({ number }) => state === 'all' || world.issues.get(number)!.state === state)
      .filter((each) => query['base'] === undefined || each.baseRef === query['base'])
      .filter((each) => query['head'] === undefined || isHead(each, String(query['head'])))
      .sort((a, b) => (query['direction'] === 'asc' ? a.number - b.number : b.number - a.number));
    return await pagedPulls(call, chosen);
  },
  'pulls/list-files': async (call) => {
    const { world, path } = call;
    const found = world.pulls.get(Number(path['pull_number']));
    if (found === undefined) return notFound();
    const changes = await fileChanges(world, `refs/heads/${found.baseRef}...${found.headSha}`);
    return paged(call, changes.slice(0, mostFiles), (page) =>
      page.map((each) => diffEntry(world, found.headSha, each)),
    );
  },
  'pulls/create': async ({ world, token, body }) => {
    const head = String(body['head']);
    const [owner, branch] = head.includes(':') ? (head.split(':') as [string, string]) : [undefined, head];
    const fork = [...world.forks.keys()].find((name) => name.startsWith(`${owner}/`));
    const made = await openPull(world, token, {
      title: String(body['title'] ?? ''),
      body: String(body['body'] ?? ''),
      headRepository: fork ?? world.repository,
      headRef: branch,
      baseRef: String(body['base']),
      draft: body['draft'] === true,
    });
    return made === undefined
      ? unprocessable('head or base is invalid, or there is nothing between them')
      : { status: 201, body: await pullInFull(world, made) };
  },
  'pulls/update': async ({ world, token, path, body }) => {
    const found = world.pulls.get(Number(path['pull_number']));
    if (found === undefined) return notFound();
    const about = world.issues.get(found.number)!;
    if (body['title'] !== undefined) about.title = String(body['title']);
    if (body['body'] !== undefined) about.body = String(body['body']);
    const was = about.state;
    if (body['state'] !== undefined) about.state = body['state'] as 'open' | 'closed';
    about.updatedAt = timestamp(world);
    const action = was === about.state ? 'edited' : about.state === 'closed' ? 'closed' : 'reopened';
    await tellPull(world, token, found, action);
    return { status: 200, body: await pullInFull(world, found) };
  },
  // Of all that happens to an issue, only this: who else needs an event adds it.
  'issues/list-events': (call) => {
    const { world, path } = call;
    const number = Number(path['issue_number']);
    if (!world.issues.has(number)) return notFound();
    const changes = world.pulls.get(number)?.baseChanges ?? [];
    return paged(call, changes, (page) => page.map((at, i) => baseChange(world, number * 1_000 + i, at)));
  },
  // A head that stands only in a fork is not found by its commit: who needs that asks for pull requests by head.
  'repos/list-pull-requests-associated-with-commit': async (call) => {
    const { world, path } = call;
    const sha = await world.git.find(`${path['commit_sha']}^{commit}`);
    if (sha === undefined) return unprocessable(`No commit found for SHA: ${path['commit_sha']}`);
    const found = [...world.pulls.values()].filter(
      (each) => each.headRepository === world.repository && (each.headSha === sha || each.mergeSha === sha),
    );
    return await pagedPulls(call, found);
  },
};

function baseChange(world: World, id: number, createdAt: string): object {
  return {
    id,
    node_id: nodeId('IssueEvent', id),
    url: `${world.origin()}/repos/${world.repository}/issues/events/${id}`,
    actor: account(world, 'octocat'),
    event: 'base_ref_changed',
    commit_id: null,
    commit_url: null,
    created_at: createdAt,
    performed_via_github_app: null,
    lock_reason: null,
  };
}

/** The names of accounts are the same in capitals, those of branches are not. */
function isHead({ headRepository, headRef }: Pull, asked: string): boolean {
  const colon = asked.indexOf(':');
  const owner = headRepository.split('/')[0]!.toLowerCase();
  return owner === asked.slice(0, colon).toLowerCase() && headRef === asked.slice(colon + 1);
}

async function pagedPulls(call: Call, chosen: readonly Pull[]): Promise<Answer> {
  return await pagedLater(call, chosen, (each) => pull(call.world, each));
}

async function pagedLater<T>(
  call: Call,
  all: readonly T[],
  shape: (each: T) => Promise<unknown>,
): Promise<Answer> {
  const shapes = await Promise.all(all.map(shape));
  return paged(call, shapes, (page) => page);
}
