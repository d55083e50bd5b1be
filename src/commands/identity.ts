import { resolve } from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { ownerOfKey } from '../git/index.ts';
import type { Identity } from '../registry/index.ts';
import { signerUnknown, signingKeyLiteral, signingKeyMissing } from '../registry/index.ts';
import type { Effects } from './effects.ts';
import type { OpenedRegistry } from './open-registry.ts';

/** Who writes, and the key that what they write is signed with. */
export interface Writer {
  readonly by: Identity;
  readonly signingKey?: string;
}

export interface WhoOptions {
  /** File of an SSH key, instead of the one that Git knows. */
  readonly key?: string;
  /** Nothing will be written: who has no key is told as a reason, and not refused. */
  readonly onlyAsking?: boolean;
}

/**
 * Who the caller is, as far as that can be proven. Where `allowed-signers` is set, only a key in it proves anything:
 * what a job of CI says of itself, anybody could say. Else it is the account that started the job, or nobody.
 */
export async function whoWrites(
  { key, onlyAsking = false }: WhoOptions,
  { root, project, repository }: Pick<OpenedRegistry, 'root' | 'project' | 'repository'>,
  effects: Pick<Effects, 'cwd' | 'env' | 'now'>,
): Promise<Result<Writer, Failure>> {
  const user = await repository.user();
  if (!user.ok) return user;
  const { allowedSigners } = project;
  const actor = actorOf(effects.env);
  const unsigned: Identity =
    actor === undefined || allowedSigners !== undefined
      ? { name: user.value.email, proof: 'nobody' }
      : { name: actor, proof: 'forge' };
  const named = key === undefined ? undefined : resolve(effects.cwd, key);
  if (allowedSigners === undefined) {
    return success({ by: unsigned, ...(named === undefined ? {} : { signingKey: named }) });
  }
  const signingKey = named ?? user.value.signingKey;
  if (signingKey === undefined) {
    return onlyAsking ? success({ by: unsigned }) : failed(signingKeyMissing(allowedSigners));
  }
  if (/^(key::|ssh-|ecdsa-|sk-)/.test(signingKey)) return failed(signingKeyLiteral());
  const owner = await ownerOfKey({
    key: signingKey,
    allowedSigners: resolve(root, allowedSigners),
    at: effects.now(),
    environment: effects.env,
  });
  if (!owner.ok) return owner;
  if (owner.value.kind === 'valid') {
    return success({ by: { name: owner.value.principal, proof: 'signature' }, signingKey });
  }
  if (onlyAsking) return success({ by: unsigned });
  const because = owner.value.kind === 'invalid' ? owner.value.because : 'it signs nothing';
  return failed(signerUnknown(signingKey, allowedSigners, because));
}

/**
 * The account that a job of GitHub Actions runs for. Whoever starts a job of somebody else again answers for it, and
 * not the one who started it first.
 */
export function actorOf(env: Effects['env']): string | undefined {
  if (env['GITHUB_ACTIONS'] !== 'true') return undefined;
  const actor = env['GITHUB_TRIGGERING_ACTOR'] ?? env['GITHUB_ACTOR'];
  return actor === undefined || actor === '' ? undefined : `@${actor}`;
}

/** A tag that was pushed, as it is read now. */
export interface PushedTag {
  readonly name: string;
  /** The commit that it points to. */
  readonly target: string;
  /** The tag object, of an annotated tag. */
  readonly id?: string;
}

/**
 * The account whose push of this very tag started the job: starting the job again changes nothing of that. A job that
 * something else started, or a tag that was moved since, has nobody to answer for it.
 */
export function pusherOf(env: Effects['env'], tag: PushedTag): string | undefined {
  if (env['GITHUB_ACTIONS'] !== 'true') return undefined;
  const isPush = env['GITHUB_EVENT_NAME'] === 'push' || env['GITHUB_EVENT_NAME'] === 'create';
  const sha = env['GITHUB_SHA'];
  if (!isPush || env['GITHUB_REF'] !== `refs/tags/${tag.name}`) return undefined;
  if (sha === undefined || (sha !== tag.target && sha !== tag.id)) return undefined;
  const actor = env['GITHUB_ACTOR'];
  return actor === undefined || actor === '' ? undefined : `@${actor}`;
}
