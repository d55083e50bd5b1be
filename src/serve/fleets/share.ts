/**
 * Where a key falls between 0 and 1: evenly over the keys, and the same in every process, on every machine, for ever.
 * With another salt all keys fall elsewhere. A key belongs to a share when it falls below it, so that a larger share
 * keeps all keys of a smaller one. Not for secrets.
 *
 * It is MurmurHash3_x86_32 (Austin Appleby) with seed 0 over the UTF-16 code units of `salt`, NUL, `key`, each as four
 * bytes, little-endian.
 */
export function positionOf(salt: string, key: string): number {
  let hash = mixText(0, salt);
  hash = mixText(mix(hash, 0), key);
  hash ^= 4 * (salt.length + key.length + 1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

function mixText(hash: number, text: string): number {
  let mixed = hash;
  for (let i = 0; i < text.length; i++) mixed = mix(mixed, text.charCodeAt(i));
  return mixed;
}

function mix(hash: number, unit: number): number {
  let block = Math.imul(unit, 0xcc9e2d51);
  block = Math.imul((block << 15) | (block >>> 17), 0x1b873593);
  const mixed = hash ^ block;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}
