import type { Credential, Environment } from './docker-login.ts';
import { dockerLogin } from './docker-login.ts';

/** Registries that take the token of a workflow, and that nobody else gets it for. */
const github = 'ghcr.io';

/** Who we are to a registry: what `docker login` left, else GITHUB_TOKEN for GitHub's registry, else nobody. */
export async function credentialFor(host: string, env: Environment): Promise<Credential | undefined> {
  const login = await dockerLogin(host, env);
  if (login !== undefined) return login;
  const token = env['GITHUB_TOKEN'];
  if (host !== github || !token) return undefined;
  return { kind: 'password', user: env['GITHUB_ACTOR'] || 'token', password: token, only: github };
}
