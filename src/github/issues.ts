import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { GithubAccess } from './access.ts';
import { readAll, write } from './access.ts';
import { accountOf } from './account.ts';
import { fits, isMarked, mostCharacters, sameText, withMarker } from './comments.ts';
import type { GithubFailure } from './failures.ts';
import { maybeDone, tooLarge } from './failures.ts';

export interface IssueToKeep {
  /** See CommentToKeep. */
  readonly marker: string;
  readonly title: string;
  readonly body: string;
  /** By which the issue is looked for: a new one gets it. */
  readonly label: string;
  readonly author?: string;
}

export interface KeptIssue {
  readonly kind: 'created' | 'updated' | 'same';
  readonly number: number;
  readonly url: string;
}

const pausesMs = [2_000, 5_000, 10_000];

/** Keeps one open issue up to date, as `upsertComment` does a comment. A closed one stays closed: a new one is opened. */
export async function upsertIssue(
  access: GithubAccess,
  issue: IssueToKeep,
): Promise<Result<KeptIssue, GithubFailure>> {
  const body = withMarker(issue.marker, issue.body);
  if (!fits(body)) return failed(tooLarge(`an issue of more than ${mostCharacters} characters`));
  const author = issue.author === undefined ? await accountOf(access) : success(issue.author);
  if (!author.ok) return author;
  const question = { place: `issues of ${access.repository}`, needs: 'issues: write' };
  let unclear: { readonly kind: 'created' | 'updated'; readonly failure: GithubFailure } | undefined;
  for (let attempt = 0; ; attempt++) {
    const found = await findOpen(access, issue, author.value);
    if (!found.ok) return found;
    const { value } = found;
    if (value !== undefined && value.title === issue.title && sameText(value.body, body)) {
      return success(kept(unclear?.kind ?? 'same', value));
    }
    if (attempt > pausesMs.length) break;
    const kind = value === undefined ? 'created' : 'updated';
    const written = await write(access, {
      ...question,
      method: value === undefined ? 'POST' : 'PATCH',
      url: `${access.root}/issues${value === undefined ? '' : `/${value.number}`}`,
      body: { title: issue.title, body, ...(value === undefined ? { labels: [issue.label] } : {}) },
    });
    if (!written.ok) return written;
    if (written.value.kind === 'done') return success(kept(kind, written.value.json as FoundIssue));
    if (written.value.kind !== 'unclear') return failed(written.value.failure);
    unclear = { kind, failure: written.value.failure };
    await access.sleep(pausesMs[Math.min(attempt, pausesMs.length - 1)]!);
  }
  const why = unclear?.failure.message ?? 'others change it at the same time';
  return failed(maybeDone(`written the issue "${issue.title}"`, why, unclear?.failure));
}

interface FoundIssue {
  readonly number: number;
  readonly html_url: string;
  readonly title: string;
  readonly body?: string | null;
  readonly user?: { readonly login?: string } | null;
  readonly pull_request?: unknown;
}

async function findOpen(
  access: GithubAccess,
  { marker, label }: IssueToKeep,
  author: string,
): Promise<Result<FoundIssue | undefined, GithubFailure>> {
  const all = await readAll(
    access,
    {
      place: `issues of ${access.repository}`,
      needs: 'issues: write',
      url: `${access.root}/issues?state=open&labels=${encodeURIComponent(label)}&per_page=100`,
    },
    (json) => (Array.isArray(json) ? (json as FoundIssue[]) : undefined),
  );
  if (!all.ok) return all;
  // A list of issues holds pull requests too. The oldest one is ours, should there be several.
  const ours = all.value.filter(
    (each) => each.pull_request === undefined && each.user?.login === author && isMarked(each.body, marker),
  );
  return success(ours.sort((a, b) => a.number - b.number)[0]);
}

function kept(kind: KeptIssue['kind'], { number, html_url: url }: FoundIssue): KeptIssue {
  return { kind, number, url };
}
