import type { Result } from '../base/index.ts';
import type { GitFailure } from './failures.ts';
import type { TagSignatureAnswer } from './verify-tag.ts';
import { verifyTagSignature } from './verify-tag.ts';
import { signText } from './write-tag.ts';

export interface KeyOwnerRequest {
  /** File of a private SSH key, or of a public one whose private half is in the agent. */
  readonly key: string;
  /** As for the signatures of tags. */
  readonly allowedSigners: string;
  /** When the key has to be valid. */
  readonly at: Date;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * As whom of the allowed signers somebody signs who has this key: a tag that is never written is signed and verified,
 * so that the answer is the one that everybody else will find.
 */
export async function ownerOfKey(request: KeyOwnerRequest): Promise<Result<TagSignatureAnswer, GitFailure>> {
  const { key, allowedSigners, at, environment = process.env } = request;
  const target = '0'.repeat(40);
  const name = 'trainyard-who-signs';
  const seconds = Math.floor(at.getTime() / 1000);
  const signed = `object ${target}\ntype commit\ntag ${name}\ntagger nobody <> ${seconds} +0000\n\n`;
  const armoured = await signText(environment, key, signed);
  if (!armoured.ok) return armoured;
  return await verifyTagSignature({
    tag: { name, target, signature: { armoured: armoured.value, signed } },
    allowedSigners,
    at,
    environment,
  });
}
