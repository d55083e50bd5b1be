import type { World } from '../world.ts';
import { account, nodeId, numberOf } from './account.ts';

const templates =
  'archive:{archive_format}{/ref} assignees{/user} blobs:git/blobs{/sha} branches{/branch} collaborators{/collaborator} comments{/number} commits{/sha} compare/{base}...{head} contents/{+path} contributors deployments downloads events forks git_commits:git/commits{/sha} git_refs:git/refs{/sha} git_tags:git/tags{/sha} hooks issue_comment:issues/comments{/number} issue_events:issues/events{/number} issues{/number} keys{/key_id} labels{/name} languages merges milestones{/number} notifications{?since,all,participating} pulls{/number} releases{/id} stargazers statuses/{sha} subscribers subscription tags teams trees:git/trees{/sha}'
    .split(' ')
    .map((entry) => {
      const [, name, path] = /^(\w+)(?::(.+))?/.exec(entry) as unknown as [string, string, string?];
      return [`${name}_url`, `/${path ?? entry}`] as const;
    });

/** A repository in full, as answers and events hold it. */
export function repository(world: World, fullName: string = world.repository): Record<string, unknown> {
  const [owner, name] = fullName.split('/') as [string, string];
  const url = `${world.origin()}/repos/${fullName}`;
  const home = `${world.origin()}/${fullName}`;
  const since = '2026-01-01T00:00:00Z';
  return {
    id: numberOf(fullName),
    node_id: nodeId('Repository', fullName),
    name,
    full_name: fullName,
    private: world.visibility === 'private',
    owner: account(world, owner),
    html_url: home,
    description: null,
    fork: fullName !== world.repository,
    url,
    ...Object.fromEntries(templates.map(([key, path]) => [key, `${url}${path}`])),
    created_at: since,
    updated_at: since,
    pushed_at: since,
    git_url: `git:${home.slice(5)}.git`,
    ssh_url: `git@localhost:${fullName}.git`,
    clone_url: `${home}.git`,
    svn_url: home,
    homepage: null,
    size: 1,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues: true,
    has_projects: false,
    has_downloads: true,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    forks_count: world.forks.size,
    network_count: 0,
    subscribers_count: 0,
    mirror_url: null,
    archived: false,
    disabled: false,
    open_issues_count: 0,
    license: null,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    custom_properties: {},
    visibility: world.visibility,
    forks: world.forks.size,
    open_issues: 0,
    watchers: 0,
    default_branch: world.defaultBranch,
  };
}
