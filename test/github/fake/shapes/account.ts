import type { World } from '../world.ts';

export const actionsBot = 'github-actions[bot]';

/** An account as answers and events hold it. */
export function account(world: World, login: string): Record<string, unknown> {
  const url = `${world.origin()}/users/${encodeURIComponent(login)}`;
  const isBot = login.endsWith('[bot]');
  return {
    login,
    id: login === actionsBot ? 41898282 : numberOf(login),
    node_id: nodeId('User', login),
    avatar_url: `${world.origin()}/avatars/${encodeURIComponent(login)}`,
    gravatar_id: '',
    url,
    html_url: `${world.origin()}/${isBot ? `apps/${login.slice(0, -5)}` : login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: isBot ? 'Bot' : 'User',
    site_admin: false,
  };
}

export function publicAccount(world: World, login: string): Record<string, unknown> {
  const since = '2020-01-01T00:00:00Z';
  const counts = { followers: 0, following: 0, public_gists: 0, public_repos: 0 };
  const told = {
    bio: null,
    blog: null,
    company: null,
    email: null,
    hireable: null,
    location: null,
    name: null,
  };
  return { ...account(world, login), ...counts, ...told, created_at: since, updated_at: since };
}

/** The same number for the same name, as ids are. */
export function numberOf(name: string): number {
  let sum = 7;
  for (const char of name) sum = (sum * 31 + char.codePointAt(0)!) % 1_000_000_007;
  return sum;
}

export function nodeId(kind: string, name: string | number): string {
  return Buffer.from(`${kind}:${name}`).toString('base64');
}
