import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

export type Credential =
  | { readonly kind: 'password'; readonly user: string; readonly password: string; readonly only?: string }
  /** A token that is changed for others. */
  | { readonly kind: 'identity'; readonly token: string };

/** Registries that take the token of a workflow, and that nobody else gets it for. */
const github = 'ghcr.io';

/**
 * Who we are to a registry: what `docker login` left (config.json of DOCKER_CONFIG or the home, and the helpers that it
 * names), else GITHUB_TOKEN for GitHub's registry, else nobody.
 */
export async function credentialFor(host: string, env: Environment): Promise<Credential | undefined> {
  const config = await readConfig(
    join(env['DOCKER_CONFIG'] || join(env['HOME'] || homedir(), '.docker'), 'config.json'),
  );
  for (const name of namesOf(host)) {
    const helper = config.credHelpers?.[name];
    const asked = helper === undefined ? undefined : await askHelper(helper, name, env);
    if (asked !== undefined) return asked;
    const entry = config.auths?.[name];
    if (entry?.identitytoken) return { kind: 'identity', token: entry.identitytoken };
    const login = entry?.auth === undefined ? undefined : passwordOf(entry.auth);
    if (login !== undefined) return login;
  }
  const kept = config.credsStore === undefined ? undefined : await askHelper(config.credsStore, host, env);
  if (kept !== undefined) return kept;
  const token = env['GITHUB_TOKEN'];
  if (host !== github || !token) return undefined;
  return { kind: 'password', user: env['GITHUB_ACTOR'] || 'token', password: token, only: github };
}

function namesOf(host: string): readonly string[] {
  const hub = host === 'docker.io' || host === 'registry-1.docker.io' ? ['https://index.docker.io/v1/'] : [];
  return [...hub, host, `https://${host}`];
}

interface DockerConfig {
  readonly auths?: Readonly<Record<string, { readonly auth?: string; readonly identitytoken?: string }>>;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
}

async function readConfig(file: string): Promise<DockerConfig> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return value !== null && typeof value === 'object' ? value : {};
  } catch {
    return {};
  }
}

function passwordOf(auth: string): Credential | undefined {
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) return undefined;
  return { kind: 'password', user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** `docker-credential-<helper> get`: the host goes in, JSON comes out; a helper that knows nothing ends with an error. */
async function askHelper(helper: string, host: string, env: Environment): Promise<Credential | undefined> {
  if (!/^[\w.-]+$/.test(helper)) return undefined;
  const text = await new Promise<string | undefined>((resolve) => {
    const child = spawn(`docker-credential-${helper}`, ['get'], {
      env: env as NodeJS.ProcessEnv,
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
