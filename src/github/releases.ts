import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { GithubAccess } from './access.ts';
import { read, write } from './access.ts';
import { sameText } from './comments.ts';
import type { GithubFailure } from './failures.ts';
import { maybeDone, notFound, tooLarge } from './failures.ts';

export interface ReleaseToKeep {
  /** It has to be there already: GitHub would make a light one, and the registry's are annotated. */
  readonly tag: string;
  readonly name: string;
  /** Markdown, at most 125,000 characters. */
  readonly notes: string;
  readonly isPrerelease?: boolean;
  /** Whether it is shown as the repository's latest: no by default, as a repository releases more than models. */
  readonly isLatest?: boolean;
}

export interface KeptRelease {
  readonly kind: 'created' | 'updated' | 'same';
  readonly id: number;
  readonly url: string;
}

const mostCharacters = 125_000;
const pausesMs = [2_000, 5_000];

/** Makes the release of a tag, or writes its name and notes anew. */
export async function upsertRelease(
  access: GithubAccess,
  release: ReleaseToKeep,
): Promise<Result<KeptRelease, GithubFailure>> {
  const { tag, name, notes, isPrerelease = false, isLatest = false } = release;
  const question = { place: `releases of ${access.repository}`, needs: 'contents: write' };
  if (notes.length > mostCharacters) {
    return failed(tooLarge(`a release's notes of more than ${mostCharacters} characters`));
  }
  const path = encodeURIComponent(tag);
  const tagged = await read(access, { ...question, url: `${access.root}/git/ref/tags/${path}` });
  if (!tagged.ok) return tagged;
  if (tagged.value === undefined)
    return failed(notFound(`the tag ${tag} of ${access.repository}`, 'HTTP 404'));
  let unclear: { readonly kind: 'created' | 'updated'; readonly failure: GithubFailure } | undefined;
  for (let attempt = 0; ; attempt++) {
    const found = await read(access, { ...question, url: `${access.root}/releases/tags/${path}` });
    if (!found.ok) return found;
    const there = found.value?.json as FoundRelease | undefined;
    const isSame =
      there !== undefined &&
      there.name === name &&
      sameText(there.body, notes) &&
      there.prerelease === isPrerelease;
    if (isSame) return success({ kind: unclear?.kind ?? 'same', id: there.id, url: there.html_url });
    if (attempt > pausesMs.length) break;
    const kind = there === undefined ? 'created' : 'updated';
    const written = await write(access, {
      ...question,
      method: there === undefined ? 'POST' : 'PATCH',
      url: `${access.root}/releases${there === undefined ? '' : `/${there.id}`}`,
      body: {
        tag_name: tag,
        name,
        body: notes,
        prerelease: isPrerelease,
        make_latest: String(isLatest && !isPrerelease),
      },
    });
    if (!written.ok) return written;
    if (written.value.kind === 'done') {
      const { id, html_url: url } = written.value.json as FoundRelease;
      return success({ kind, id, url });
    }
    // Somebody else made it between the look and the write.
    const isThere = written.value.kind === 'refused' && /already_exists/.test(written.value.failure.message);
    if (written.value.kind !== 'unclear' && !isThere) return failed(written.value.failure);
    if (written.value.kind === 'unclear') unclear = { kind, failure: written.value.failure };
    await access.sleep(pausesMs[Math.min(attempt, pausesMs.length - 1)]!);
  }
  return failed(maybeDone(`written the release ${tag}`, unclear?.failure.message ?? '', unclear?.failure));
}

interface FoundRelease {
  readonly id: number;
  readonly html_url: string;
  readonly name: string | null;
  readonly body?: string | null;
  readonly prerelease: boolean;
}
