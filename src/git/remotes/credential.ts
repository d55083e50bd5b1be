export interface Credential {
  /** Value of the header `Authorization`. */
  readonly authorization: string;
  /** What must not be shown. */
  readonly secrets: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What Trainyard itself knows for a server: user and password in the URL, the token in TRAINYARD_GIT_TOKEN, and for
 * the host of GITHUB_SERVER_URL the one in GITHUB_TOKEN. A token goes over https only, or to this machine.
 */
export function credentialFor(url: URL, environment: Environment): Credential | undefined {
  if (url.username !== '' || url.password !== '') {
    return basic(decodeURIComponent(url.username), decodeURIComponent(url.password));
  }
  return tokenFor(url, environment, true);
}

/** The token as variables for the `git` command. Only ours: what CI has given to Git itself is there already. */
export function tokenVariables(target: string, environment: Environment): Readonly<Record<string, string>> {
  if (!/^https?:\/\//i.test(target) || !URL.canParse(target)) return {};
  const url = new URL(target);
  const credential = url.username === '' ? tokenFor(url, environment, false) : undefined;
  if (credential === undefined) return {};
  const given = Number(environment['GIT_CONFIG_COUNT'] ?? 0);
  const count = Number.isInteger(given) && given > 0 ? given : 0;
  const key = `http.${url.origin}/.extraHeader`;
  return {
    GIT_CONFIG_COUNT: String(count + 2),
    // The empty one takes back headers that are configured for the same server: two make it refuse.
    [`GIT_CONFIG_KEY_${count}`]: key,
    [`GIT_CONFIG_VALUE_${count}`]: '',
    [`GIT_CONFIG_KEY_${count + 1}`]: key,
    [`GIT_CONFIG_VALUE_${count + 1}`]: `Authorization: ${credential.authorization}`,
  };
}

function tokenFor(url: URL, environment: Environment, gitHubsToo: boolean): Credential | undefined {
  const private_ = url.protocol === 'https:' || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (!private_) return undefined;
  const own = environment['TRAINYARD_GIT_TOKEN'];
  if (own !== undefined && own !== '') return basic('x-access-token', own);
  const server = environment['GITHUB_SERVER_URL'];
  const token = environment['GITHUB_TOKEN'];
  if (!gitHubsToo || token === undefined || token === '') return undefined;
  if (server === undefined || !URL.canParse(server) || new URL(server).origin !== url.origin)
    return undefined;
  return basic('x-access-token', token);
}

function basic(user: string, password: string): Credential {
  const encoded = Buffer.from(`${user}:${password}`).toString('base64');
  return { authorization: `Basic ${encoded}`, secrets: [password, encoded] };
}
