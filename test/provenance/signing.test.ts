import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signingOf } from '../../src/provenance/index.ts';
import { keyPair, pemOf, privatePemOf } from './rig.ts';

let cwd: string;
const locked = keyPair('p256').privateKey;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'trainyard-keys-'));
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const cipher = { cipher: 'aes-256-cbc', passphrase: 'open sesame' };
  const files: Readonly<Record<string, string | Buffer>> = {
    'ed25519.pem': privatePemOf(keyPair()),
    'p256.pem': privatePemOf(keyPair('p256')),
    'sec1.pem': keyPair('p256').privateKey.export({ type: 'sec1', format: 'pem' }),
    'public.pem': pemOf(keyPair()),
    'rsa.pem': privatePemOf(rsa),
    'rsa1.pem': rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }),
    'p384.pem': privatePemOf(generateKeyPairSync('ec', { namedCurve: 'secp384r1' })),
    'locked.pem': locked.export({ type: 'pkcs8', format: 'pem', ...cipher }),
    'locked-sec1.pem': locked.export({ type: 'sec1', format: 'pem', ...cipher }),
    'ssh.pem':
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n',
    'cut.pem': privatePemOf(keyPair()).slice(0, 60),
    'binary.pem': Buffer.from([0, 1, 2, 255, 254]),
    'empty.pem': '',
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(cwd, name), content);
});

afterAll(() => rm(cwd, { recursive: true }));

async function outcome(key: string | undefined, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const signing = await signingOf({ cwd, env, ...(key === undefined ? {} : { key }) });
  return signing.ok ? signing.value.kind : signing.failure.code;
}

describe('what is signed with', () => {
  it.each(['ed25519.pem', 'p256.pem', 'sec1.pem'])('can be the key %s', async (file) => {
    expect(await outcome(file)).toBe('key');
    expect(await outcome(undefined, { TRAINYARD_SIGNING_KEY: file })).toBe('key');
  });

  it('can be a key that the environment holds, as secrets of CI do', async () => {
    expect(await outcome(undefined, { TRAINYARD_SIGNING_KEY: privatePemOf(keyPair()) })).toBe('key');
  });

  it.each([
    ['missing.pem', 'provenance-key-unreadable'],
    ['.', 'provenance-key-unreadable'],
    ['public.pem', 'provenance-key-public'],
    ['rsa.pem', 'provenance-key-type'],
    ['rsa1.pem', 'provenance-key-type'],
    ['p384.pem', 'provenance-key-type'],
    ['ssh.pem', 'provenance-key-form'],
    ['cut.pem', 'provenance-key-form'],
    ['binary.pem', 'provenance-key-form'],
    ['empty.pem', 'provenance-key-form'],
    ['locked.pem', 'provenance-key-encrypted'],
    ['locked-sec1.pem', 'provenance-key-encrypted'],
  ])('cannot be %s: %s', async (file, code) => {
    expect(await outcome(file)).toBe(code);
  });

  it.each(['locked.pem', 'locked-sec1.pem'])(
    'opens %s with its passphrase, and with no other',
    async (file) => {
      expect(await outcome(file, { TRAINYARD_SIGNING_KEY_PASSPHRASE: 'open sesame' })).toBe('key');
      expect(await outcome(file, { TRAINYARD_SIGNING_KEY_PASSPHRASE: 'wrong' })).toBe(
        'provenance-key-passphrase',
      );
      expect(await outcome(file, { TRAINYARD_SIGNING_KEY_PASSPHRASE: '' })).toBe('provenance-key-encrypted');
    },
  );

  it('takes a key before the identity of a job, and says when there is neither', async () => {
    const job = { ACTIONS_ID_TOKEN_REQUEST_URL: 'https://x', ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'y' };
    expect(await outcome('p256.pem', job)).toBe('key');
    expect(await outcome(undefined, job)).toBe('sigstore');
    expect(await outcome(undefined, { SIGSTORE_ID_TOKEN: 'x' })).toBe('sigstore');
    expect(await outcome(undefined)).toBe('provenance-no-signer');
    expect(await outcome(undefined, { TRAINYARD_SIGNING_KEY: ' ', GITHUB_ACTIONS: 'true' })).toBe(
      'provenance-no-signer',
    );
  });

  it('P5: shows nothing of a key or a passphrase when it fails', async () => {
    const env = { TRAINYARD_SIGNING_KEY: 'locked.pem', TRAINYARD_SIGNING_KEY_PASSPHRASE: 'close sesame' };
    const signing = await signingOf({ cwd, env });
    expect(JSON.stringify(signing)).not.toContain('close sesame');
    const text = privatePemOf(keyPair()).slice(0, 70);
    const broken = await signingOf({ cwd, env: { TRAINYARD_SIGNING_KEY: text } });
    expect(broken.ok).toBe(false);
    expect(JSON.stringify(broken)).not.toContain(text.split('\n')[1]);
  });
});
