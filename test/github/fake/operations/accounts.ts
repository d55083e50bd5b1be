import { account, nodeId, numberOf, publicAccount } from '../shapes/account.ts';
import type { Handlers, World } from '../world.ts';
import { notFound } from '../world.ts';

export const accountHandlers: Handlers = {
  'users/get-authenticated': ({ world, token }) => ({
    status: 200,
    body: publicAccount(world, token.actor),
  }),
  'users/get-by-username': ({ world, path }) => ({
    status: 200,
    body: publicAccount(world, path['username']!),
  }),
  'rate-limit/get': ({ world, token }) => {
    const core = {
      limit: world.rate.limit,
      remaining: token.remaining,
      used: world.rate.limit - token.remaining,
      reset: Math.floor(world.now().getTime() / 1000) + 3600,
    };
    return { status: 200, body: { resources: { core, search: core, graphql: core }, rate: core } };
  },
  'teams/get-by-name': ({ world, path }) =>
    world.teams.has(`${path['org']}/${path['team_slug']}`)
      ? { status: 200, body: team(world, path['org']!, path['team_slug']!) }
      : notFound(),
  'teams/get-membership-for-user-in-org': ({ world, path }) => {
    const name = `${path['org']}/${path['team_slug']}`;
    const state = world.teams.get(name)?.get(path['username']!);
    if (state === undefined) return notFound();
    const url = `${world.origin()}/orgs/${path['org']}/teams/${path['team_slug']}/memberships/${path['username']}`;
    return { status: 200, body: { url, role: 'member', state } };
  },
};

function team(world: World, organisation: string, slug: string): object {
  const url = `${world.origin()}/orgs/${organisation}/teams/${slug}`;
  const since = '2026-01-01T00:00:00Z';
  const home = account(world, organisation);
  return {
    id: numberOf(slug),
    node_id: nodeId('Team', slug),
    url,
    html_url: `${world.origin()}/orgs/${organisation}/teams/${slug}`,
    name: slug,
    slug,
    description: null,
    privacy: 'closed',
    permission: 'pull',
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    parent: null,
    type: 'organization',
    members_count: world.teams.get(`${organisation}/${slug}`)!.size,
    repos_count: 1,
    created_at: since,
    updated_at: since,
    organization: {
      ...home,
      events_url: `${url}/events`,
      hooks_url: `${url}/hooks`,
      issues_url: `${url}/issues`,
      members_url: `${url}/members{/member}`,
      public_members_url: `${url}/public_members{/member}`,
      description: null,
      has_organization_projects: false,
      has_repository_projects: false,
      public_repos: 1,
      public_gists: 0,
      followers: 0,
      following: 0,
      created_at: since,
      updated_at: since,
      archived_at: null,
      type: 'Organization',
    },
  };
}
