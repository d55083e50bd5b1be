import { stat } from 'node:fs/promises';
import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { authorOf, cleanPerson } from './author.ts';
import type { GitContext } from './context.ts';
import type { GitFailure } from './failures.ts';
import { gitIoFailed, refNameInvalid, signingFailed } from './failures.ts';
import type { ObjectId } from './object-id.ts';
import { objectTypes } from './objects.ts';
import { isRefName } from './refs.ts';
import type { NewTag } from './repository.ts';
import { sshKeygen } from './ssh-keygen.ts';

/** The same tag for the same arguments; signed by an Ed25519 key, too, since those sign without randomness. */
export async function writeTag(context: GitContext, tag: NewTag): Promise<Result<ObjectId, GitFailure>> {
  if (!isRefName(`refs/tags/${tag.name}`)) return failed(refNameInvalid(`refs/tags/${tag.name}`));
  const type = await objectTypes(context, [tag.target]);
  if (!type.ok) return type;
  const tagger = cleanPerson(tag.tagger?.name, tag.tagger?.email) ?? (await authorOf(context));
  const payload = [
    `object ${tag.target}`,
    `type ${type.value[0]}`,
    `tag ${tag.name}`,
    `tagger ${tagger.name} <${tagger.email}> ${Math.floor(tag.time.getTime() / 1000)} +0000`,
    '',
    tag.message.endsWith('\n') ? tag.message : `${tag.message}\n`,
  ].join('\n');
  const signature =
    tag.signingKey === undefined ? success('') : await signText(context.environment, tag.signingKey, payload);
  if (!signature.ok) return signature;
  try {
    const { git, where } = await context.library();
    const object = Buffer.from(payload + signature.value);
    return success(await git.writeObject({ ...where, type: 'tag', format: 'content', object }));
  } catch (error) {
    return failed(gitIoFailed(`write the tag ${tag.name}`, error));
  }
}

/** As `gpg.format = ssh` does it: an armoured signature of the namespace `git`. */
export async function signText(
  environment: GitContext['environment'],
  key: string,
  payload: string,
): Promise<Result<string, GitFailure>> {
  if (!(await stat(key).catch(() => undefined))?.isFile()) return failed(signingFailed(key, 'no such file'));
  const output = await sshKeygen(['-Y', 'sign', '-n', 'git', '-f', key], payload, environment);
  if (!output.ok) return output;
  const { exitCode, stdout, stderr } = output.value;
  if (exitCode === 0 && stdout.startsWith('-----BEGIN SSH SIGNATURE-----')) return success(stdout);
  return failed(signingFailed(key, stderr.split('\n').at(-1)!));
}
