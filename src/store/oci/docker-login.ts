import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

export type Credential =
  /** `only`: the one host that may get the password. */
  | { readonly kind: 'password'; readonly user: string; readonly password: string; readonly only?: string }
  /** A token that is changed for others. */
  | { readonly kind: 'identity'; readonly token: string };

interface DockerConfig {
  readonly auths?: Readonly<Record<string, { readonly auth?: string; readonly identitytoken?: string }>>;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
}

const hub = ['docker.io', 'registry-1.docker.io'];

/**
 * Who `docker login` said that one is: from the text in DOCKER_AUTH_CONFIG, as Docker and CI systems have it, else from
 * config.json of DOCKER_CONFIG or the home, and the helpers that it names.
 */
export async function dockerLogin(host: string, environment: Environment): Promise<Credential | undefined> {
  const folder = environment['DOCKER_CONFIG'] || join(environment['HOME'] || homedir(), '.docker');
  const handed = configOf(environment['DOCKER_AUTH_CONFIG'] ?? '');
  const config = handed.auths === undefined ? await readConfig(join(folder, 'config.json')) : handed;
  const names = hub.includes(host) ? ['https://index.docker.io/v1/', ...hub] : [host, `https://${host}`];
  for (const name of names) {
    const helper = config.credHelpers?.[name];
    const found = helper === undefined ? undefined : await askHelper(helper, name, environment);
    if (found !== undefined) return found;
  }
  for (const name of names) {
    const entry = config.auths?.[name];
    if (entry?.identitytoken) return { kind: 'identity', token: entry.identitytoken };
    if (entry?.auth) return passwordOf(entry.auth);
  }
  if (config.credsStore === undefined) return undefined;
  return await askHelper(config.credsStore, names[0]!, environment);
}

async function readConfig(file: string): Promise<DockerConfig> {
  return configOf(await readFile(file, 'utf8').catch(() => ''));
}

function configOf(text: string): DockerConfig {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? value : {};
  } catch {
    return {};
  }
}

function passwordOf(auth: string): Credential | undefined {
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) return undefined;
  return {
    kind: 'password',
    user: text.slice(0, colon),
    password: text.slice(colon + 1).replace(/\0+$/, ''),
  };
}

/** `docker-credential-<helper> get`: the host goes in, JSON comes out; a helper that knows nothing ends with an error. */
async function askHelper(
  helper: string,
  host: string,
  environment: Environment,
): Promise<Credential | undefined> {
  if (!/^[\w.-]+$/.test(helper)) return undefined;
  const text = await new Promise<string | undefined>((resolve) => {
    const child = spawn(`docker-credential-${helper}`, ['get'], {
      env: environment as NodeJS.ProcessEnv,
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: 30_000,
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
    child.stdin.on('error', () => undefined);
    child.on('error', () => resolve(undefined));
    child.on('close', (code) => resolve(code === 0 ? output : undefined));
    child.stdin.end(host);
  });
  try {
    const { Username: user, Secret: secret } = JSON.parse(text ?? '{}') as Record<string, string>;
    if (!user || !secret) return undefined;
    return user === '<token>'
      ? { kind: 'identity', token: secret }
      : { kind: 'password', user, password: secret };
  } catch {
    return undefined;
  }
}
