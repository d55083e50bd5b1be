import { describe, expect, it } from 'vitest';
import { problemOfClaims } from '../../src/provenance/certificate-claims.ts';

const repository = 'https://github.com/octo/pumps';
const identity = 'https://github.com/trainyard/trainyard/.github/workflows/release.yml@*';
const extension = (last: number, value: Uint8Array) => ({
  oid: { id: [1, 3, 6, 1, 4, 1, 57264, 1, last] },
  value,
});
/** A UTF8String of DER. */
const utf8 = (text: string): Buffer => {
  const bytes = Buffer.from(text);
  const length = bytes.length < 0x80 ? [bytes.length] : [0x81, bytes.length];
  return Buffer.concat([Buffer.from([0x0c, ...length]), bytes]);
};
const of = (where: string, ref = 'refs/heads/main') => [extension(12, utf8(where)), extension(14, utf8(ref))];
const trusted = { repository, ref: 'refs/heads/main', identity };

describe('P4: whose job a certificate is of', () => {
  it('has to be the trusted repository and ref, whatever the workflow', () => {
    expect(problemOfClaims(of(repository), trusted)).toBeUndefined();
    expect(problemOfClaims(of('https://github.com/Octo/Pumps'), trusted)).toBeUndefined();
    expect(problemOfClaims(of('https://github.com/octo/pumps-evil'), trusted)).toContain('of the repository');
    expect(problemOfClaims(of(repository, 'refs/heads/Main'), trusted)).toContain('of the ref');
    expect(problemOfClaims(of(repository, 'refs/heads/topic'), { repository, identity })).toBeUndefined();
    const long = `https://github.com/octo/${'x'.repeat(150)}`;
    expect(problemOfClaims(of(long), { ...trusted, repository: long })).toBeUndefined();
  });

  it('has to be said, unless the identity is of that repository itself', () => {
    expect(problemOfClaims([], trusted)).toContain('does not say the repository');
    const own = { repository, identity: `${repository}/.github/workflows/train.yml@refs/heads/main` };
    expect(problemOfClaims([], own)).toBeUndefined();
    expect(problemOfClaims([], { ...own, ref: 'refs/heads/main' })).toContain('does not say the ref');
    expect(problemOfClaims([], { identity: 'ada@example.org' })).toBeUndefined();
  });

  it.each([
    ['no UTF8String', Buffer.concat([Buffer.from([0x13, repository.length]), Buffer.from(repository)])],
    ['bytes behind it', Buffer.concat([utf8(repository), Buffer.from('x')])],
    ['less than its length', utf8(repository).subarray(0, -1)],
    ['a length of many bytes', Buffer.concat([Buffer.from([0x0c, 0x84, 0, 0, 0, 1]), Buffer.from('x')])],
    ['the text alone', Buffer.from(repository)],
    ['nothing', Buffer.alloc(0)],
  ])('is nobody when the extension holds %s', (_, value) => {
    expect(problemOfClaims([extension(12, value)], { repository, identity })).toContain('does not say');
  });
});
