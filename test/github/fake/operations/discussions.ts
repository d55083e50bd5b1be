import { happened } from '../events.ts';
import { has } from '../permissions.ts';
import { comment, issue, label } from '../shapes/discussion.ts';
import type { Answer, Call, Comment, Handlers, Issue } from '../world.ts';
import { notFound, paged, problem, timestamp, unprocessable } from '../world.ts';

/** Not in the description: 65,536 characters is where GitHub stops. */
const mostCharacters = 65_536;

export const discussionHandlers: Handlers = {
  'issues/list-comments': (call) => {
    const found = issueOf(call);
    if (found === undefined) return notFound();
    const since = String(call.query['since'] ?? '');
    const all = [...call.world.comments.values()]
      .filter((each) => each.issue === found.number && each.updatedAt >= since)
      .sort((a, b) => a.id - b.id);
    return paged(call, all, (page) => page.map((each) => comment(call.world, each)));
  },
  'issues/get-comment': (call) => {
    const found = call.world.comments.get(Number(call.path['comment_id']));
    return found === undefined ? notFound() : { status: 200, body: comment(call.world, found) };
  },
  'issues/create-comment': async (call) => {
    const { world, token, body } = call;
    const found = issueOf(call);
    if (found === undefined) return notFound();
    const refused = notThere(call, found) ?? tooLong(body['body']);
    if (refused !== undefined) return refused;
    const now = timestamp(world);
    const made: Comment = {
      id: world.nextId(),
      issue: found.number,
      author: token.actor,
      createdAt: now,
      updatedAt: now,
      body: String(body['body']),
    };
    world.comments.set(made.id, made);
    await tell(call, made, 'created');
    return { status: 201, body: comment(world, made) };
  },
  'issues/update-comment': async (call) => {
    const { world, body } = call;
    const found = world.comments.get(Number(call.path['comment_id']));
    if (found === undefined) return notFound();
    const refused = notOurs(call, found.author) ?? tooLong(body['body']);
    if (refused !== undefined) return refused;
    found.body = String(body['body']);
    found.updatedAt = timestamp(world);
    await tell(call, found, 'edited');
    return { status: 200, body: comment(world, found) };
  },
  'issues/delete-comment': async (call) => {
    const found = call.world.comments.get(Number(call.path['comment_id']));
    if (found === undefined) return notFound();
    const refused = notOurs(call, found.author);
    if (refused !== undefined) return refused;
    call.world.comments.delete(found.id);
    await tell(call, found, 'deleted');
    return { status: 204 };
  },
  'issues/list-for-repo': (call) => {
    const { query, world } = call;
    const labels = String(query['labels'] ?? '')
      .split(',')
      .filter((each) => each !== '');
    const state = String(query['state'] ?? 'open');
    const all = [...world.issues.values()]
      .filter((each) => state === 'all' || each.state === state)
      .filter((each) => query['creator'] === undefined || each.author === query['creator'])
      .filter((each) => labels.every((name) => each.labels.includes(name)))
      .sort((a, b) => (query['direction'] === 'asc' ? a.number - b.number : b.number - a.number));
    return paged(call, all, (page) => page.map((each) => issue(world, each)));
  },
  'issues/get': (call) => {
    const found = issueOf(call);
    return found === undefined ? notFound() : { status: 200, body: issue(call.world, found) };
  },
  'issues/create': async ({ world, token, body }) => {
    if (String(body['title']).trim() === '') return unprocessable('title cannot be blank');
    const refused = tooLong(body['body']);
    if (refused !== undefined) return refused;
    const now = timestamp(world);
    const made: Issue = {
      id: world.nextId(),
      number: world.issues.size + 1,
      author: token.actor,
      createdAt: now,
      updatedAt: now,
      title: String(body['title']),
      body: String(body['body'] ?? ''),
      labels: labelNames(body['labels']),
      state: 'open',
      stateReason: null,
    };
    for (const name of made.labels) ensureLabel(world, name);
    world.issues.set(made.number, made);
    await happened(world, token, { name: 'issues', action: 'opened', facts: { issue: issue(world, made) } });
    return { status: 201, body: issue(world, made) };
  },
  'issues/update': async (call) => {
    const { world, token, body } = call;
    const found = issueOf(call);
    if (found === undefined) return notFound();
    const refused = notThere(call, found) ?? tooLong(body['body']);
    if (refused !== undefined) return refused;
    const was = found.state;
    if (body['title'] !== undefined) found.title = String(body['title']);
    if (body['body'] !== undefined) found.body = String(body['body'] ?? '');
    if (body['labels'] !== undefined) found.labels = labelNames(body['labels']);
    for (const name of found.labels) ensureLabel(world, name);
    if (body['state'] !== undefined) found.state = body['state'] as Issue['state'];
    if (body['state_reason'] !== undefined) found.stateReason = body['state_reason'] as Issue['stateReason'];
    found.updatedAt = timestamp(world);
    const action = was === found.state ? 'edited' : found.state === 'closed' ? 'closed' : 'reopened';
    await happened(world, token, { name: 'issues', action, facts: { issue: issue(world, found) } });
    return { status: 200, body: issue(world, found) };
  },
  'issues/list-labels-for-repo': (call) =>
    paged(call, [...call.world.labels.keys()], (page) => page.map((name) => label(call.world, name))),
  'issues/create-label': ({ world, body }) => {
    const name = String(body['name']);
    if (world.labels.has(name)) return problem(422, 'Validation Failed', [{ code: 'already_exists' }]);
    const description = body['description'] === undefined ? null : String(body['description']);
    if ((description ?? '').length > 100) return unprocessable('description is too long (100 at most)');
    world.labels.set(name, { color: String(body['color'] ?? 'ededed'), description });
    return { status: 201, body: label(world, name) };
  },
  'issues/list-labels-on-issue': (call) => {
    const found = issueOf(call);
    if (found === undefined) return notFound();
    return paged(call, found.labels, (page) => page.map((name) => label(call.world, name)));
  },
  'issues/add-labels': (call) => {
    const found = issueOf(call);
    if (found === undefined) return notFound();
    const refused = notThere(call, found);
    if (refused !== undefined) return refused;
    for (const name of labelNames(call.body['labels'])) {
      ensureLabel(call.world, name);
      if (!found.labels.includes(name)) found.labels.push(name);
    }
    return { status: 200, body: found.labels.map((name) => label(call.world, name)) };
  },
  'issues/remove-label': (call) => {
    const found = issueOf(call);
    const name = call.path['name']!;
    if (found === undefined || !found.labels.includes(name)) return problem(404, 'Label does not exist');
    found.labels = found.labels.filter((each) => each !== name);
    return { status: 200, body: found.labels.map((each) => label(call.world, each)) };
  },
};

function issueOf({ world, path }: Call): Issue | undefined {
  return world.issues.get(Number(path['issue_number']));
}

/** "pull-requests" is enough for the talk under a pull request, and not for an issue. */
function notThere({ world, token }: Call, found: Issue): Answer | undefined {
  const scope = world.pulls.has(found.number) ? 'pull-requests' : 'issues';
  if (has(token.permissions, scope, 'write') || has(token.permissions, 'issues', 'write')) return undefined;
  return problem(403, 'Resource not accessible by integration');
}

/** Who may write to the repository may edit what others said there. */
function notOurs({ world, token }: Call, author: string): Answer | undefined {
  const isWriter = token.kind !== 'user' || isRole(world.collaborators.get(token.actor));
  return author === token.actor || isWriter
    ? undefined
    : problem(403, 'Resource not accessible by integration');
}

function isRole(role: string | undefined): boolean {
  return role === 'admin' || role === 'maintain' || role === 'write';
}

function tooLong(body: unknown): Answer | undefined {
  const characters = [...String(body ?? '')].length;
  return characters > mostCharacters
    ? unprocessable(`body is too long (maximum is ${mostCharacters} characters)`)
    : undefined;
}

function labelNames(labels: unknown): string[] {
  const list = (labels ?? []) as readonly (string | { readonly name?: string })[];
  return list.map((each) => (typeof each === 'string' ? each : (each.name ?? '')));
}

function ensureLabel(world: Call['world'], name: string): void {
  if (!world.labels.has(name)) world.labels.set(name, { color: 'ededed', description: null });
}

async function tell({ world, token }: Call, about: Comment, action: string): Promise<void> {
  const under = issue(world, world.issues.get(about.issue)!);
  await happened(world, token, {
    name: 'issue_comment',
    action,
    facts: { issue: under, comment: comment(world, about) },
  });
}
