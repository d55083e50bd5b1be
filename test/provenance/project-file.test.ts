import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadProject } from '../../src/pipeline/index.ts';
import { keyPair, pemOf, privatePemOf } from './rig.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'trainyard-trust-'));
});

afterEach(() => rm(root, { recursive: true }));

/** What the project file says wrong: code, line, and the beginning of the message. */
async function mistakes(provenance: string): Promise<readonly string[]> {
  await writeFile(join(root, 'trainyard.yaml'), `version: 1\nprovenance:\n${provenance}`);
  const project = await loadProject(root);
  if (project.ok) return [];
  return project.failure.map(({ code, place, message }) => `${place?.line} ${code}: ${message}`);
}

describe('who is trusted, in trainyard.yaml', () => {
  it('takes public keys that are there, and a workflow with any branch', async () => {
    await writeFile(join(root, 'a.pub'), pemOf(keyPair('ed25519')));
    await writeFile(join(root, 'b.pub'), pemOf(keyPair('p256')));
    const identity = 'https://github.com/org/repository/.github/workflows/train.yml@*';
    const sigstore = `  sigstore: { issuer: "https://token.actions.githubusercontent.com", identity: "${identity}" }\n`;
    expect(await mistakes(`  keys: [a.pub, b.pub]\n${sigstore}`)).toEqual([]);
  });

  it('refuses keys that are not there, are private, of RSA, or no keys', async () => {
    await writeFile(join(root, 'private.pem'), privatePemOf(keyPair()));
    await writeFile(join(root, 'other.txt'), 'something else');
    const { generateKeyPairSync } = await import('node:crypto');
    await writeFile(join(root, 'rsa.pub'), pemOf(generateKeyPairSync('rsa', { modulusLength: 2048 })));
    await writeFile(join(root, 'curve.pub'), pemOf(generateKeyPairSync('ec', { namedCurve: 'secp384r1' })));
    const keys = ['missing.pub', 'private.pem', 'other.txt', 'rsa.pub', 'curve.pub'];
    expect(await mistakes(`  keys:\n${keys.map((key) => `    - ${key}\n`).join('')}`)).toEqual([
      '4 pipeline-provenance-key: `missing.pub` cannot be read: there is no such file',
      '5 pipeline-provenance-key: `private.pem` holds a private key: everybody who reads the repository can sign with it',
      '6 pipeline-provenance-key: `other.txt` is no public key in PEM: it has no line "-----BEGIN PUBLIC KEY-----"',
      '7 pipeline-provenance-key: `rsa.pub` is a key of the kind RSA: Ed25519 and ECDSA on P-256 are supported',
      '8 pipeline-provenance-key: `curve.pub` is a key of the kind ECDSA on secp384r1: Ed25519 and ECDSA on P-256 are supported',
    ]);
  });

  it.each(['../a.pub', '/etc/a.pub', 'x/../../a.pub', '~/a.pub', 'a\\b.pub', 'C:/a.pub'])(
    'refuses the key %s outside of the repository',
    async (file) => {
      expect(await mistakes(`  keys: ['${file}']\n`)).toEqual([
        `3 pipeline-provenance-file: \`${file}\` is outside of the repository`,
      ]);
    },
  );

  it.each([
    ['https://github.com/*', 'trusts more than one owner'],
    ['https://github.com/org*', 'trusts more than one owner'],
    ['https://github.com/org/*', 'trusts more than one repository'],
    ['https://github.com/org/shop*', 'trusts more than one repository'],
    ['*', 'trusts more than one owner'],
    ['https://github.com/*/repository/x', 'does not stand at the end'],
    ['somebody', 'is neither an address nor an address for mail'],
    ['https://github.com/org/a b', 'holds white space'],
  ])('refuses the identity %s, which %s', async (identity, why) => {
    const sigstore = `  sigstore: { issuer: "https://token.actions.githubusercontent.com", identity: "${identity}" }\n`;
    const found = await mistakes(sigstore);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^3 pipeline-provenance-identity: /);
    expect(found[0]).toContain(why);
  });

  it('takes the repository and the ref whose jobs may sign, and refuses others than one', async () => {
    const identity = 'https://github.com/trainyard/trainyard/.github/workflows/release.yml@*';
    const with_ = (more: string): string =>
      `  sigstore: { issuer: "https://token.actions.githubusercontent.com", identity: "${identity}", ${more} }\n`;
    expect(await mistakes(with_('repository: "https://github.com/org/shop", ref: refs/heads/main'))).toEqual(
      [],
    );
    for (const wrong of [
      'repository: org/shop',
      'repository: "https://github.com/org/*"',
      'ref: main',
      'ref: "refs/heads/*"',
    ])
      expect(await mistakes(with_(wrong)), wrong).toHaveLength(1);
  });

  it.each(['http://issuer.example', 'issuer', 'https://user@issuer.example', 'https://'])(
    'refuses the issuer %s',
    async (issuer) => {
      const found = await mistakes(`  sigstore: { issuer: "${issuer}", identity: "me@example.org" }\n`);
      expect(found).toEqual([`3 pipeline-provenance-identity: \`${issuer}\` is no issuer of identities`]);
    },
  );
});
