import type { World } from '../world.ts';
import { account, nodeId } from './account.ts';

export interface CommitFacts {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Person;
  readonly committer: Person;
  readonly message: string;
}

interface Person {
  readonly name: string;
  readonly email: string;
  readonly date: string;
}

const format = '%H%x00%T%x00%P%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%ct%x00%B%x1e';

export async function readCommit(world: World, name: string): Promise<CommitFacts | undefined> {
  const found = await readCommits(world, ['-1', '--end-of-options', name]).catch(() => []);
  return found[0];
}

/** Commits as `git log` lists them. */
export async function readCommits(world: World, args: readonly string[]): Promise<readonly CommitFacts[]> {
  const text = (await world.git.bytes(['log', `--format=${format}`, ...args])).toString('utf8');
  return text.split('\x1e').slice(0, -1).map(commitOf);
}

function commitOf(text: string): CommitFacts {
  const [sha, tree, parents, an, ae, at, cn, ce, ct, message] = text.trimStart().split('\0') as string[];
  const date = (seconds: string): string =>
    new Date(Number(seconds) * 1000).toISOString().replace('.000', '');
  return {
    sha: sha!,
    tree: tree!,
    parents: parents === '' ? [] : parents!.split(' '),
    author: { name: an!, email: ae!, date: date(at!) },
    committer: { name: cn!, email: ce!, date: date(ct!) },
    message: (message ?? '').trimEnd(),
  };
}

/** Of the database of Git: `git/commits`. */
export function gitCommit(world: World, of: CommitFacts): Record<string, unknown> {
  const api = `${world.origin()}/repos/${world.repository}`;
  const html = `${world.origin()}/${world.repository}/commit`;
  return {
    sha: of.sha,
    node_id: nodeId('Commit', of.sha),
    url: `${api}/git/commits/${of.sha}`,
    html_url: `${html}/${of.sha}`,
    author: of.author,
    committer: of.committer,
    tree: { sha: of.tree, url: `${api}/git/trees/${of.tree}` },
    message: of.message,
    parents: of.parents.map((sha) => ({
      sha,
      url: `${api}/git/commits/${sha}`,
      html_url: `${html}/${sha}`,
    })),
    verification: unsigned,
  };
}

export const unsigned = {
  verified: false,
  reason: 'unsigned',
  signature: null,
  payload: null,
  verified_at: null,
};

/** As lists of commits hold it. */
export function commit(world: World, of: CommitFacts): Record<string, unknown> {
  const api = `${world.origin()}/repos/${world.repository}`;
  const html = `${world.origin()}/${world.repository}/commit`;
  return {
    sha: of.sha,
    node_id: nodeId('Commit', of.sha),
    commit: {
      author: of.author,
      committer: of.committer,
      message: of.message,
      tree: { sha: of.tree, url: `${api}/git/trees/${of.tree}` },
      url: `${api}/git/commits/${of.sha}`,
      comment_count: 0,
      verification: unsigned,
    },
    url: `${api}/commits/${of.sha}`,
    html_url: `${html}/${of.sha}`,
    comments_url: `${api}/commits/${of.sha}/comments`,
    author: account(world, world.repository.split('/')[0]!),
    committer: account(world, 'web-flow'),
    parents: of.parents.map((sha) => ({
      sha,
      url: `${api}/commits/${sha}`,
      html_url: `${html}/${sha}`,
    })),
  };
}

/** As events hold it. */
export function eventCommit(world: World, of: CommitFacts): Record<string, unknown> {
  const person = ({ name, email }: Person): object => ({ name, email, username: name });
  return {
    id: of.sha,
    tree_id: of.tree,
    distinct: true,
    message: of.message,
    timestamp: of.committer.date,
    url: `${world.origin()}/${world.repository}/commit/${of.sha}`,
    author: person(of.author),
    committer: person(of.committer),
    added: [],
    removed: [],
    modified: [],
  };
}

export interface FileChange {
  readonly status: 'added' | 'removed' | 'modified' | 'renamed' | 'changed' | 'copied';
  readonly path: string;
  readonly before: string | undefined;
  readonly additions: number;
  readonly deletions: number;
  readonly blob: string;
  readonly patch: string | undefined;
}

const statuses = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  T: 'changed',
  C: 'copied',
} as const;

/** What changed from the merge base to the head, by path; a binary file has no patch. */
export async function fileChanges(world: World, range: string): Promise<readonly FileChange[]> {
  const raw = (await world.git.bytes(['diff', '--raw', '-z', '-M', '--no-abbrev', range])).toString('utf8');
  const words = raw.split('\0');
  // In the order of the list above; a line of content never begins so, as it has a sign before it.
  const texts = (await world.git.bytes(['diff', '-M', range])).toString('utf8').split(/^diff --git /m);
  const all: FileChange[] = [];
  for (let i = 0; i + 1 < words.length; ) {
    const [, , was, is, letter] = words[i]!.split(' ') as [string, string, string, string, string];
    const status = statuses[letter[0] as keyof typeof statuses];
    const isMoved = status === 'renamed' || status === 'copied';
    const before = isMoved ? words[i + 1] : undefined;
    const path = words[i + (isMoved ? 2 : 1)]!;
    i += isMoved ? 3 : 2;
    const text = texts[all.length + 1] ?? '';
    const at = text.search(/^@@ /m);
    const patch = at === -1 ? undefined : text.slice(at).replace(/\n$/, '');
    const count = (sign: string): number =>
      (patch ?? '').split('\n').filter((line) => line.startsWith(sign)).length;
    const blob = status === 'removed' ? was : is;
    all.push({ status, path, before, additions: count('+'), deletions: count('-'), blob, patch });
  }
  return all;
}

export function diffEntry(world: World, head: string, of: FileChange): Record<string, unknown> {
  const home = `${world.origin()}/${world.repository}`;
  const path = of.path.split('/').map(encodeURIComponent).join('/');
  return {
    sha: of.blob,
    filename: of.path,
    status: of.status,
    additions: of.additions,
    deletions: of.deletions,
    changes: of.additions + of.deletions,
    blob_url: `${home}/blob/${head}/${path}`,
    raw_url: `${home}/raw/${head}/${path}`,
    contents_url: `${world.origin()}/repos/${world.repository}/contents/${path}?ref=${head}`,
    ...(of.patch === undefined ? {} : { patch: of.patch }),
    ...(of.before === undefined ? {} : { previous_filename: of.before }),
  };
}
