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

/** One setting of Git, as `git -c` takes it, but for no other process to see. */
export type GitSetting = readonly [key: string, value: string];

/** The token as settings for the `git` command. Only ours: what CI has given to Git itself is there already. */
export function tokenSettings(target: string, environment: Environment): readonly GitSetting[] {
  if (!/^https?:\/\//i.test(target) || !URL.canParse(target)) return [];
  const url = new URL(target);
  if (url.username !== '' || tokenFor(url, environment, false) === undefined) return [];
  // As a credential of this host, which Git gives to no other one, when it is sent elsewhere; a header it would.
  return [
    [`http.${url.origin}/.extraHeader`, ''],
    [`credential.${url.origin}.helper`, ''],
    [`credential.${url.origin}.helper`, helper],
  ];
}

/** Settings as variables, after those that the environment has already. */
export function settingVariables(
  settings: readonly GitSetting[],
  environment: Environment,
): Readonly<Record<string, string>> {
  if (settings.length === 0) return {};
  const given = Number(environment['GIT_CONFIG_COUNT'] ?? 0);
  const first = Number.isInteger(given) && given > 0 ? given : 0;
  return Object.fromEntries([
    ['GIT_CONFIG_COUNT', String(first + settings.length)],
    ...settings.flatMap(([key, value], i) => [
      [`GIT_CONFIG_KEY_${first + i}`, key],
      [`GIT_CONFIG_VALUE_${first + i}`, value],
    ]),
  ]) as Record<string, string>;
}

/** Git runs it with the word `get`, and with others when there is something to remember. */
const helper =
  '!f() { test "$1" = get && printf "username=x-access-token\\npassword=%s\\n" "$TRAINYARD_GIT_TOKEN"; }; f';

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
