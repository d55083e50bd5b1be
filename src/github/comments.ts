import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { GithubAccess, Write } from './access.ts';
import { readAll, write } from './access.ts';
import { accountOf } from './account.ts';
import type { GithubFailure } from './failures.ts';
import { maybeDone, tooLarge } from './failures.ts';

/** What a comment has to hold, and where. */
export interface CommentToKeep {
  /** Number of an issue or a pull request. */
  readonly issue: number;
  /** A line `<!-- ... -->` that nobody sees; it tells this comment from others of the same author. */
  readonly marker: string;
  /** Markdown, without the marker. */
  readonly body: string;
  /** Whose comments are ours; the account of the token when it is left out. */
  readonly author?: string;
  /** Changes the comment that is there, and writes none where there is none: nobody wants to read that nothing is new. */
  readonly onlyIfThere?: boolean;
  /** Writes no new one where so many comments of ours have a marker that begins so: what hostile input asks for has an end. */
  readonly atMost?: { readonly beginning: string; readonly comments: number };
}

export interface KeptComment {
  readonly kind: 'created' | 'updated' | 'same';
  readonly id: number;
  /** Where people see it. */
  readonly url: string;
}

/** There is no comment: none was asked for, or there are too many already. */
export interface NoComment {
  readonly kind: 'none';
  readonly because: 'not-there' | 'too-many';
}

/** Where GitHub stops taking more of a comment or an issue. */
export const mostCharacters = 65_536;
/** How long an answer that got lost may take to show, before it is looked for again. */
const pausesMs = [2_000, 5_000, 10_000];

/**
 * Keeps one comment up to date: found by its marker and its author over all pages, changed in place, left alone when it
 * says the same already. After an unclear answer it is looked for again before anything else is written, so there is
 * never a second one. A comment of somebody else with the same marker is not touched.
 */
export async function upsertComment(
  access: GithubAccess,
  comment: CommentToKeep,
): Promise<Result<KeptComment | NoComment, GithubFailure>> {
  const body = withMarker(comment.marker, comment.body);
  if (!fits(body)) return failed(tooLarge(`a comment of more than ${mostCharacters} characters`));
  const author = comment.author === undefined ? await accountOf(access) : success(comment.author);
  if (!author.ok) return author;
  const ours = { ...comment, author: author.value };
  let unclear: { readonly kind: 'created' | 'updated'; readonly failure: GithubFailure } | undefined;
  for (let attempt = 0; ; attempt++) {
    const listed = await commentsOf(access, ours);
    if (!listed.ok) return listed;
    const found = listed.value.find(({ body: its }) => isMarked(its, ours.marker));
    if (found !== undefined && sameText(found.body, body)) {
      return success(kept(unclear?.kind ?? 'same', found));
    }
    if (found === undefined && comment.onlyIfThere === true) {
      return success({ kind: 'none', because: 'not-there' });
    }
    if (found === undefined && isFull(listed.value, comment.atMost)) {
      return success({ kind: 'none', because: 'too-many' });
    }
    if (attempt > pausesMs.length) break;
    const kind = found === undefined ? 'created' : 'updated';
    const written = await send(access, comment.issue, { id: found?.id, body });
    if (!written.ok) return written;
    switch (written.value.kind) {
      case 'done':
        return success(kept(kind, written.value.json as FoundComment));
      case 'refused':
        return failed(written.value.failure);
      case 'gone':
        // Deleted meanwhile: the next look finds nothing. There is no issue at all when a new one fails so.
        if (kind === 'created') return failed(written.value.failure);
        break;
      case 'unclear':
        unclear = { kind, failure: written.value.failure };
        await access.sleep(pausesMs[Math.min(attempt, pausesMs.length - 1)]!);
    }
  }
  const why = unclear?.failure.message ?? 'others change it at the same time';
  return failed(
    maybeDone(`written the comment at ${access.repository}#${comment.issue}`, why, unclear?.failure),
  );
}

interface FoundComment {
  readonly id: number;
  readonly html_url: string;
  readonly body?: string | null;
  readonly user?: { readonly login?: string } | null;
}

/** Those of the author, over all pages. */
async function commentsOf(
  access: GithubAccess,
  { issue, author }: Pick<CommentToKeep, 'issue'> & { readonly author: string },
): Promise<Result<readonly FoundComment[], GithubFailure>> {
  const all = await readAll(
    access,
    {
      place: `comments of ${access.repository}#${issue}`,
      needs: 'pull-requests: write',
      url: `${access.root}/issues/${issue}/comments?per_page=100`,
    },
    (json) => (Array.isArray(json) ? (json as FoundComment[]) : undefined),
  );
  if (!all.ok) return all;
  return success(all.value.filter(({ user }) => user?.login === author));
}

function isFull(all: readonly FoundComment[], atMost: CommentToKeep['atMost']): boolean {
  if (atMost === undefined) return false;
  const alike = all.filter(({ body }) => (body ?? '').trimStart().startsWith(atMost.beginning));
  return alike.length >= atMost.comments;
}

async function send(
  access: GithubAccess,
  issue: number,
  { id, body }: { readonly id: number | undefined; readonly body: string },
): Promise<Result<Write, GithubFailure>> {
  const question = { place: `comments of ${access.repository}#${issue}`, needs: 'pull-requests: write' };
  return id === undefined
    ? await write(access, {
        ...question,
        method: 'POST',
        url: `${access.root}/issues/${issue}/comments`,
        body: { body },
      })
    : await write(access, {
        ...question,
        method: 'PATCH',
        url: `${access.root}/issues/comments/${id}`,
        body: { body },
      });
}

function kept(kind: KeptComment['kind'], { id, html_url: url }: FoundComment): KeptComment {
  return { kind, id, url };
}

/** The marker is the first line: a quotation of the comment does not begin with it. */
export function withMarker(marker: string, body: string): string {
  if (!/^<!-- [^\n]+ -->$/.test(marker) || marker.slice(4, -3).includes('-->')) {
    throw new Error(`A marker is one hidden line, and this is none: ${marker}`);
  }
  return `${marker}\n${body}`;
}

export function isMarked(body: string | null | undefined, marker: string): boolean {
  return (body ?? '').trimStart().split(/\r?\n/, 1)[0]?.trim() === marker;
}

export function fits(body: string): boolean {
  return body.length <= mostCharacters || [...body].length <= mostCharacters;
}

/** GitHub may give line breaks and trailing space back otherwise than they were sent. */
export function sameText(a: string | null | undefined, b: string): boolean {
  const plain = (text: string): string => text.replaceAll('\r\n', '\n').trim();
  return plain(a ?? '') === plain(b);
}
