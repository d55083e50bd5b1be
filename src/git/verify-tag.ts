import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { GitFailure } from './failures.ts';
import { gitIoFailed, signersUnreadable } from './failures.ts';
import type { Tag } from './repository.ts';
import { sshKeygen } from './ssh-keygen.ts';

export interface TagSignatureRequest {
  readonly tag: Tag;
  /** A file in the format of `gpg.ssh.allowedSignersFile`: principals, options, key (ssh-keygen(1), ALLOWED SIGNERS). */
  readonly allowedSigners: string;
  /** When it has to be valid, against `valid-after` and `valid-before`. Default: when the tag says that it was made. */
  readonly at?: Date;
  /** For PATH. Default: that of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export type TagSignatureAnswer =
  | { readonly kind: 'valid'; readonly principal: string }
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'invalid'; readonly because: string };

/**
 * Who of the allowed signers signed the tag. The name that was signed has to be the tag's own: a signed object that
 * somebody else moved to another name does not count.
 */
export async function verifyTagSignature(
  request: TagSignatureRequest,
): Promise<Result<TagSignatureAnswer, GitFailure>> {
  const { tag, allowedSigners, environment = process.env } = request;
  const invalid = (because: string): Result<TagSignatureAnswer, GitFailure> =>
    success({ kind: 'invalid', because });
  const { signature } = tag;
  if (signature === undefined) return success({ kind: 'unsigned' });
  if (!signature.armoured.startsWith('-----BEGIN SSH SIGNATURE-----')) {
    return invalid('it is not signed with an SSH key');
  }
  const header = signature.signed.split('\n\n')[0]!;
  const named = /^tag (.*)$/m.exec(header)?.[1];
  if (named !== tag.name) return invalid(`what was signed is the tag ${JSON.stringify(named ?? '')}`);
  if (/^object ([0-9a-f]{40})$/m.exec(header)?.[1] !== tag.target) {
    return invalid('what was signed points elsewhere');
  }
  const unreadable = await readFile(allowedSigners).then(
    () => undefined,
    (error: unknown) => signersUnreadable(allowedSigners, error),
  );
  if (unreadable !== undefined) return failed(unreadable);
  const file = join(tmpdir(), `trainyard-${randomUUID()}.sig`);
  try {
    await writeFile(file, signature.armoured, { flag: 'wx', mode: 0o600 });
    const time = request.at ?? tag.tagger?.time;
    const verify = (args: readonly string[], input: string) =>
      sshKeygen(
        ['-Y', ...args, '-f', allowedSigners, '-s', file, ...(time === undefined ? [] : [timeOption(time)])],
        input,
        environment,
      );
    const found = await verify(['find-principals'], '');
    if (!found.ok) return found;
    const principals = found.value.stdout.split('\n').filter((line) => line !== '');
    if (found.value.exitCode !== 0 || principals.length === 0) {
      return invalid(told(found.value.stderr, 'its key is not among the allowed signers'));
    }
    let why = '';
    for (const principal of principals) {
      const checked = await verify(['verify', '-n', 'git', '-I', principal], signature.signed);
      if (!checked.ok) return checked;
      if (checked.value.exitCode === 0) return success({ kind: 'valid', principal });
      why = checked.value.stderr;
    }
    return invalid(told(why, 'the signature does not fit'));
  } catch (error) {
    return failed(gitIoFailed('verify a signature', error));
  } finally {
    await rm(file, { force: true });
  }
}

/** `-Overify-time=20261121070000Z` */
function timeOption(time: Date): string {
  return `-Overify-time=${time.toISOString().replace(/[-:T]|\.\d+/g, '')}`;
}

function told(stderr: string, otherwise: string): string {
  if (/no principal matched/i.test(stderr) || stderr === '') return otherwise;
  return stderr.split('\n')[0]!.replaceAll('\r', '');
}
