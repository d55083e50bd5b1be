import type { Comment, Issue, Pull, World } from '../world.ts';
import { account, nodeId, numberOf } from './account.ts';
import { repository } from './repository.ts';

export function comment(world: World, of: Comment): Record<string, unknown> {
  const api = `${world.origin()}/repos/${world.repository}`;
  const kind = world.pulls.has(of.issue) ? 'pull' : 'issues';
  return {
    id: of.id,
    node_id: nodeId('IssueComment', of.id),
    url: `${api}/issues/comments/${of.id}`,
    html_url: `${world.origin()}/${world.repository}/${kind}/${of.issue}#issuecomment-${of.id}`,
    issue_url: `${api}/issues/${of.issue}`,
    user: account(world, of.author),
    created_at: of.createdAt,
    updated_at: of.updatedAt,
    author_association: association(world, of.author),
    body: of.body,
    performed_via_github_app: null,
    reactions: reactions(`${api}/issues/comments/${of.id}/reactions`),
  };
}

export function label(world: World, name: string): Record<string, unknown> {
  const known = world.labels.get(name);
  return {
    id: numberOf(name),
    node_id: nodeId('Label', name),
    url: `${world.origin()}/repos/${world.repository}/labels/${encodeURIComponent(name)}`,
    name,
    description: known?.description ?? null,
    color: known?.color ?? 'ededed',
    default: false,
  };
}

export function issue(world: World, of: Issue): Record<string, unknown> {
  const url = `${world.origin()}/repos/${world.repository}/issues/${of.number}`;
  const pull = world.pulls.get(of.number);
  const html = `${world.origin()}/${world.repository}/${pull === undefined ? 'issues' : 'pull'}/${of.number}`;
  return {
    id: of.id,
    node_id: nodeId('Issue', of.id),
    url,
    repository_url: `${world.origin()}/repos/${world.repository}`,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: html,
    number: of.number,
    title: of.title,
    body: of.body,
    user: account(world, of.author),
    labels: of.labels.map((name) => label(world, name)),
    state: of.state,
    state_reason: of.stateReason,
    locked: false,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: [...world.comments.values()].filter((each) => each.issue === of.number).length,
    created_at: of.createdAt,
    updated_at: of.updatedAt,
    closed_at: of.state === 'closed' ? of.updatedAt : null,
    author_association: association(world, of.author),
    active_lock_reason: null,
    performed_via_github_app: null,
    reactions: reactions(`${url}/reactions`),
    ...(pull === undefined
      ? {}
      : {
          pull_request: {
            url: url.replace('/issues/', '/pulls/'),
            html_url: html,
            diff_url: `${html}.diff`,
            patch_url: `${html}.patch`,
          },
        }),
  };
}

/** A pull request as lists hold it. */
export async function pull(world: World, of: Pull): Promise<Record<string, unknown>> {
  const url = `${world.origin()}/repos/${world.repository}/pulls/${of.number}`;
  const html = `${world.origin()}/${world.repository}/pull/${of.number}`;
  const about = world.issues.get(of.number)!;
  const side = (fullName: string, ref: string, sha: string): object => ({
    label: `${fullName.split('/')[0]}:${ref}`,
    ref,
    sha,
    user: account(world, fullName.split('/')[0]!),
    repo: repository(world, fullName),
  });
  const baseSha = (await world.git.find(`refs/heads/${of.baseRef}`)) ?? '0'.repeat(40);
  const statuses = `${world.origin()}/repos/${world.repository}/statuses/${of.headSha}`;
  const links = {
    self: url,
    html,
    issue: url.replace('/pulls/', '/issues/'),
    comments: `${url.replace('/pulls/', '/issues/')}/comments`,
    review_comments: `${url}/comments`,
    review_comment: `${url.replace(/\d+$/, '')}comments{/number}`,
    commits: `${url}/commits`,
    statuses,
  };
  return {
    id: of.id,
    node_id: nodeId('PullRequest', of.id),
    number: of.number,
    state: about.state,
    locked: false,
    title: about.title,
    body: about.body,
    user: account(world, about.author),
    labels: about.labels.map((name) => label(world, name)),
    url,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: links.issue,
    commits_url: links.commits,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    comments_url: links.comments,
    statuses_url: statuses,
    created_at: about.createdAt,
    updated_at: about.updatedAt,
    closed_at: about.state === 'closed' ? about.updatedAt : null,
    merged_at: of.mergedAt ?? null,
    merge_commit_sha: of.mergeSha ?? null,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    milestone: null,
    draft: of.draft,
    head: side(of.headRepository, of.headRef, of.headSha),
    base: side(world.repository, of.baseRef, baseSha),
    _links: Object.fromEntries(Object.entries(links).map(([name, href]) => [name, { href }])),
    author_association: association(world, about.author),
    auto_merge: null,
    active_lock_reason: null,
  };
}

/** A pull request as it is answered alone, and as events hold it. */
export async function pullInFull(world: World, of: Pull): Promise<Record<string, unknown>> {
  const simple = await pull(world, of);
  const range = `refs/heads/${of.baseRef}...${of.headSha}`;
  const numbers = await world.git.run(['diff', '--numstat', range]).catch(() => '');
  const files = numbers.split('\n').filter((line) => line !== '');
  const sum = (column: number): number =>
    files.reduce((total, line) => total + (Number(line.split('\t')[column]) || 0), 0);
  const commits = Number(
    await world.git.run(['rev-list', '--count', range.replace('...', '..')]).catch(() => 0),
  );
  return {
    ...simple,
    merged: of.mergedAt !== undefined,
    mergeable: of.mergedAt === undefined ? of.mergeSha !== undefined : null,
    rebaseable: null,
    mergeable_state: of.mergeSha === undefined ? 'dirty' : 'clean',
    merged_by: null,
    comments: [...world.comments.values()].filter((each) => each.issue === of.number).length,
    review_comments: 0,
    maintainer_can_modify: of.headRepository !== world.repository,
    commits,
    additions: sum(0),
    deletions: sum(1),
    changed_files: files.length,
  };
}

function association(world: World, login: string): string {
  if (login === world.repository.split('/')[0]) return 'OWNER';
  const role = world.collaborators.get(login);
  return role === undefined || role === 'none' ? 'NONE' : 'COLLABORATOR';
}

function reactions(url: string): object {
  const none = { '+1': 0, '-1': 0, laugh: 0, hooray: 0, confused: 0, heart: 0, rocket: 0, eyes: 0 };
  return { url, total_count: 0, ...none };
}
