import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digestOfBytes, success } from '../../base/index.ts';
import { verifyTagSignature } from '../../git/index.ts';
import type { SignatureCheck } from './options.ts';

export interface SignatureOptions {
  /** File in the format of `ssh-keygen` (ALLOWED SIGNERS). */
  readonly allowedSigners: string;
  /** Folder where answers are remembered; it can be deleted at any time. */
  readonly cacheFolder: string;
  /** For PATH. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * Verifies each tag once: a tag object never changes, and for another list of signers there is another file of
 * answers. One line an answer, `<tag object> <tag> <principal>` with `-` for nobody, so that writers only append.
 */
export function checkSignatures({
  allowedSigners,
  cacheFolder,
  environment,
}: SignatureOptions): SignatureCheck {
  const known = new Map<string, string | undefined>();
  let opened: Promise<string | undefined> | undefined;
  return async (tag) => {
    opened ??= openCache(allowedSigners, cacheFolder, known);
    const cache = await opened;
    const key = `${tag.id} ${tag.name}`;
    if (known.has(key)) return success(known.get(key));
    const answer = await verifyTagSignature({
      tag,
      allowedSigners,
      ...(environment === undefined ? {} : { environment }),
    });
    if (!answer.ok) return answer;
    const principal = answer.value.kind === 'valid' ? answer.value.principal : undefined;
    known.set(key, principal);
    // Without the cache the next call verifies again: slower, and nothing else.
    if (cache !== undefined) await appendFile(cache, `${key} ${principal ?? '-'}\n`).catch(() => undefined);
    return success(principal);
  };
}

/** `undefined` when the list of signers cannot be read: what verifies then says so. */
async function openCache(
  allowedSigners: string,
  cacheFolder: string,
  known: Map<string, string | undefined>,
): Promise<string | undefined> {
  const signers = await readFile(allowedSigners).catch(() => undefined);
  if (signers === undefined) return undefined;
  const file = join(
    cacheFolder,
    `${digestOfBytes(signers).slice('sha256:'.length, 'sha256:'.length + 16)}.txt`,
  );
  await mkdir(dirname(file), { recursive: true }).catch(() => undefined);
  const text = await readFile(file, 'utf8').catch(() => '');
  for (const line of text.split('\n')) {
    const entry = /^([0-9a-f]{40} \S+) (\S.*)$/.exec(line);
    if (entry !== null) known.set(entry[1]!, entry[2] === '-' ? undefined : entry[2]);
  }
  return file;
}
