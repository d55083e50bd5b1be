import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { verifyTagSignature } from '../../src/git/index.ts';
import { hasSshKeygen } from '../rig/ssh-keygen.ts';
import type { GitRig } from './rig.ts';
import { gitRig, value } from './rig.ts';

const run = promisify(execFile);
const time = new Date('2026-11-21T03:15:00Z');
const message = '{"kind":"assign","model":"m"}';

async function key(rig: GitRig, name: string): Promise<string> {
  const file = join(rig.path, name);
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', file]);
  return file;
}

for (const engine of ['auto', 'library'] as const) {
  describe(`tags, engine ${engine}`, () => {
    test('are written as Git writes them, and lead nowhere until a ref is moved', async () => {
      await using rig = await gitRig();
      const target = await rig.repository('r');
      const repository = await rig.open('r', engine);
      const tagger = { name: 'Grace <H>', email: 'grace@example.org' };
      const id = value(await repository.writeTag({ name: 'm@v1.0.0', target, message, time, tagger }));
      expect(await rig.git('r', 'cat-file', '-p', id)).toBe(
        `object ${target}\ntype commit\ntag m@v1.0.0\ntagger Grace H <grace@example.org> 1795230900 +0000\n\n${message}`,
      );
      expect(value(await repository.listTags(''))).toEqual([]);
      const update = { ref: 'refs/tags/m@v1.0.0', before: undefined, after: id };
      expect(value(await repository.updateRefs([update]))).toEqual({ kind: 'done' });
      expect(value(await repository.readTag('m@v1.0.0'))).toEqual({
        name: 'm@v1.0.0',
        target,
        id,
        message,
        tagger: { name: 'Grace H', email: 'grace@example.org', time },
      });
      expect(await rig.git('r', 'fsck', '--strict')).toBe('');
    });

    test('are refused with a name that is no ref, or on an object that is not there', async () => {
      await using rig = await gitRig();
      const target = await rig.repository('r');
      const repository = await rig.open('r', engine);
      for (const name of ['', '../x', 'a b', 'x.lock', 'a\nobject', 'm@{1}', '/x', 'x/']) {
        expect(await repository.writeTag({ name, target, message, time }), name).toMatchObject({
          failure: { code: 'git-ref-name-invalid' },
        });
      }
      const nowhere = await repository.writeTag({ name: 'x', target: 'f'.repeat(40), message, time });
      expect(nowhere).toMatchObject({ failure: { code: 'git-object-missing' } });
    });

    test('are read all at once: loose and packed, annotated and not, of files too', async () => {
      await using rig = await gitRig();
      const target = await rig.repository('r');
      await rig.manyTags('r', 300);
      await rig.git('r', 'tag', 'light');
      await rig.git('r', 'tag', 'of-a-file', `${target}:a.txt`);
      await rig.git('r', 'tag', '-a', '-m', 'loose\n\nwith two parts', 'm#production#301');
      await rig.git('r', 'tag', '-f', '-a', '-m', 'again', 'm#production#7');
      const repository = await rig.open('r', engine);
      const tags = value(await repository.readTags(''));
      expect(tags.map(({ name }) => name)).toEqual(value(await repository.listTags('')));
      expect(tags).toHaveLength(303);
      for (const tag of tags.filter((_, i) => i % 50 === 0 || i > 298)) {
        expect(value(await repository.readTag(tag.name))).toEqual(tag);
      }
      const named = Object.fromEntries(tags.map((tag) => [tag.name, tag]));
      expect(named['light']).toEqual({ name: 'light', target });
      expect(named['of-a-file']).toEqual({
        name: 'of-a-file',
        target: await rig.git('r', 'rev-parse', `${target}:a.txt`),
      });
      expect(named['m#production#301']!.message).toBe('loose\n\nwith two parts');
      expect(named['m#production#7']!.message).toBe('again');
      expect(named['m#production#8']!.message).toBe('{"n":8}');
      expect(value(await repository.readTags('m#production#30'))).toHaveLength(3);
      expect(value(await repository.readTags('none'))).toEqual([]);
    });
  });
}

describe.skipIf(!hasSshKeygen)('signed tags', () => {
  test('are signed in the format of Git: Git verifies ours, and we verify those of Git', async () => {
    await using rig = await gitRig();
    const target = await rig.repository('r');
    const [ada, bob] = [await key(rig, 'ada'), await key(rig, 'bob')];
    const publicKey = await readFile(`${ada}.pub`, 'utf8');
    const allowedSigners = join(rig.path, 'signers');
    await writeFile(allowedSigners, `ada@example.org,@ada namespaces="git" ${publicKey}`);
    const { environment } = rig;
    const verify = async (name: string, at?: Date) => {
      const tag = value(await (await rig.open('r')).readTag(name))!;
      return value(
        await verifyTagSignature({ tag, allowedSigners, environment, ...(at === undefined ? {} : { at }) }),
      );
    };
    for (const engine of ['auto', 'library'] as const) {
      for (const [signer, signingKey] of Object.entries({ ada, bob, nobody: undefined })) {
        const name = `${engine}-${signer}`;
        const repository = await rig.open('r', engine);
        const draft = { name, target, message, time, ...(signingKey && { signingKey }) };
        const after = value(await repository.writeTag(draft));
        value(await repository.updateRefs([{ ref: `refs/tags/${name}`, before: undefined, after }]));
      }
      const tag = value(await (await rig.open('r', engine)).readTag(`${engine}-ada`))!;
      expect(tag.message).toBe(message);
      expect(tag.signature?.armoured).toContain('BEGIN SSH SIGNATURE');
      await rig.git('r', '-c', `gpg.ssh.allowedSignersFile=${allowedSigners}`, 'tag', '-v', `${engine}-ada`);
      expect(await verify(`${engine}-ada`)).toEqual({ kind: 'valid', principal: 'ada@example.org' });
      expect(await verify(`${engine}-bob`)).toMatchObject({
        kind: 'invalid',
        because: 'its key is not among the allowed signers',
      });
      expect(await verify(`${engine}-nobody`)).toEqual({ kind: 'unsigned' });
    }
    const config = ['-c', 'gpg.format=ssh', '-c', `user.signingKey=${ada}`];
    await rig.git('r', ...config, 'tag', '-s', '-m', 'by Git', 'gits');
    expect(await verify('gits')).toEqual({ kind: 'valid', principal: 'ada@example.org' });
    const old = `ada@example.org valid-before="20260101" ${publicKey}`;
    await writeFile(allowedSigners, old);
    expect(await verify('auto-ada')).toMatchObject({ kind: 'invalid' });
    expect(await verify('auto-ada', new Date('2025-06-01T00:00:00Z'))).toMatchObject({ kind: 'valid' });
  });

  test('do not count with a changed word, another name, another target, or another purpose of the key', async () => {
    await using rig = await gitRig();
    const target = await rig.repository('r');
    const signingKey = await key(rig, 'ada');
    const allowedSigners = join(rig.path, 'signers');
    await writeFile(allowedSigners, `ada ${await readFile(`${signingKey}.pub`, 'utf8')}`);
    const repository = await rig.open('r');
    const after = value(
      await repository.writeTag({ name: 'm#production#1', target, message, time, signingKey }),
    );
    // The same object, moved by somebody to the next counter.
    for (const ref of ['refs/tags/m#production#1', 'refs/tags/m#production#2']) {
      value(await repository.updateRefs([{ ref, before: undefined, after }]));
    }
    const verify = async (tag: Parameters<typeof verifyTagSignature>[0]['tag']) =>
      value(await verifyTagSignature({ tag, allowedSigners, environment: rig.environment }));
    const tag = value(await repository.readTag('m#production#1'))!;
    const { signed, armoured } = tag.signature!;
    expect(await verify(tag)).toMatchObject({ kind: 'valid' });
    expect(await verify(value(await repository.readTag('m#production#2'))!)).toMatchObject({
      kind: 'invalid',
      because: 'what was signed is the tag "m#production#1"',
    });
    expect(await verify({ ...tag, target: 'a'.repeat(40) })).toMatchObject({ kind: 'invalid' });
    for (const changed of [
      { signed: signed.replace('assign', 'assigm'), armoured },
      { signed: `${signed} `, armoured },
      { signed, armoured: armoured.replace(/[A-Z]/g, 'A') },
      { signed, armoured: '-----BEGIN PGP SIGNATURE-----\n' },
    ]) {
      expect(await verify({ ...tag, signature: changed })).toMatchObject({ kind: 'invalid' });
    }
    await writeFile(join(rig.path, 'payload'), signed);
    await run('ssh-keygen', ['-Y', 'sign', '-n', 'file', '-f', signingKey, join(rig.path, 'payload')]);
    const other = await readFile(join(rig.path, 'payload.sig'), 'utf8');
    expect(await verify({ ...tag, signature: { signed, armoured: other } })).toMatchObject({
      kind: 'invalid',
    });
    // A signature inside of what a second one signs is text.
    const nested = `${signed}${armoured}`;
    const outer = value(await repository.writeTag({ name: 'x', target, message: nested, time }));
    value(await repository.updateRefs([{ ref: 'refs/tags/x', before: undefined, after: outer }]));
    expect(await verify(value(await repository.readTag('x'))!)).toMatchObject({ kind: 'invalid' });
  });

  test('say what is missing: the key, its passphrase, the file of signers, the command', async () => {
    await using rig = await gitRig();
    const target = await rig.repository('r');
    const locked = join(rig.path, 'locked');
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'a passphrase', '-f', locked]);
    const signingKey = await key(rig, 'ada');
    const repository = await rig.open('r');
    for (const wrong of [join(rig.path, 'no-key'), locked, join(rig.path, 'global.config')]) {
      const written = await repository.writeTag({ name: 'x', target, message, time, signingKey: wrong });
      expect(written, wrong).toMatchObject({ failure: { code: 'git-signing-failed' } });
    }
    const after = value(await repository.writeTag({ name: 'x', target, message, time, signingKey }));
    value(await repository.updateRefs([{ ref: 'refs/tags/x', before: undefined, after }]));
    const tag = value(await repository.readTag('x'))!;
    const allowedSigners = join(rig.path, 'signers');
    const { environment } = rig;
    expect(await verifyTagSignature({ tag, allowedSigners, environment })).toMatchObject({
      failure: { code: 'git-signers-unreadable' },
    });
    await writeFile(allowedSigners, '');
    const bare = { ...environment, PATH: join(rig.path, 'nothing') };
    expect(await verifyTagSignature({ tag, allowedSigners, environment: bare })).toMatchObject({
      failure: { code: 'git-ssh-keygen-missing' },
    });
    const without = await rig.open('r', 'auto', { environment: bare });
    expect(await without.writeTag({ name: 'y', target, message, time, signingKey })).toMatchObject({
      failure: { code: 'git-ssh-keygen-missing' },
    });
    await rm(locked);
  });
});
