import { createHash, timingSafeEqual } from 'node:crypto';
import type { AccessKey } from './access-file.ts';
import type { GrantedIdentity } from './grants.ts';
import { identityOf } from './grants.ts';

/** Finds whose key a text is. Every key is compared, each in constant time: how long it takes tells nothing. */
export function keyFinder(keys: readonly AccessKey[]): (presented: string) => GrantedIdentity | undefined {
  const known = keys.map((key) => ({
    digest: Buffer.from(key.sha256, 'hex'),
    identity: identityOf(`key:${key.name}`, [key], key.rate),
  }));
  return (presented) => {
    const digest = createHash('sha256').update(presented).digest();
    let found: GrantedIdentity | undefined;
    for (const each of known) if (timingSafeEqual(each.digest, digest)) found = each.identity;
    return found;
  };
}
