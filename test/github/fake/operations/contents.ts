import { account } from '../shapes/account.ts';
import { commit, diffEntry, fileChanges, readCommit, readCommits } from '../shapes/commit.ts';
import { repository } from '../shapes/repository.ts';
import type { Answer, Call, Handlers, World } from '../world.ts';
import { notFound, paged, problem } from '../world.ts';
import { base64Lines } from './git-data.ts';

/** Above this a file's bytes have to be asked for raw, or as a blob. */
const mostBytesInline = 1024 * 1024;
const mostBytes = 100 * 1024 * 1024;
const mostFilesOfComparison = 300;

export const contentHandlers: Handlers = {
  'repos/get': ({ world }) => ({ status: 200, body: repository(world) }),
  'repos/get-content': async ({ world, path, query }) => {
    const ref = String(query['ref'] ?? world.defaultBranch);
    const at = await world.git.find(`${ref}^{commit}`);
    if (at === undefined) return problem(404, `No commit found for the ref ${ref}`);
    const name = path['path']!.replace(/\/+$/, '');
    const id = await world.git.find(`${at}:${name}`);
    if (id === undefined) return notFound();
    const isFolder = (await world.git.run(['cat-file', '-t', id])) === 'tree';
    if (!isFolder) {
      const bytes = await world.git.bytes(['cat-file', 'blob', id]);
      if (bytes.length > mostBytes) return problem(403, 'This API returns blobs up to 100 MB in size.');
      const isSmall = bytes.length <= mostBytesInline;
      const inline = {
        encoding: isSmall ? 'base64' : 'none',
        content: isSmall ? base64Lines(bytes) : '',
      };
      return {
        status: 200,
        body: { ...entry(world, ref, { name, id, size: bytes.length, type: 'file' }), ...inline },
      };
    }
    const lines = (await world.git.bytes(['ls-tree', '-z', '-l', id])).toString('utf8').split('\0');
    const entries = lines.slice(0, -1).map((line) => {
      const [facts, child] = line.split('\t') as [string, string];
      const [, type, sha, size] = facts.split(/ +/) as [string, string, string, string];
      const about = { name: `${name}/${child}`, id: sha, size: Number(size) || 0 };
      return entry(world, ref, { ...about, type: type === 'tree' ? 'dir' : 'file' });
    });
    return { status: 200, body: entries };
  },
  'repos/compare-commits-with-basehead': async (call) => await compare(call),
  'repos/get-collaborator-permission-level': ({ world, path }) => {
    const login = path['username']!;
    const known = world.collaborators.get(login);
    const role = known ?? (world.visibility === 'public' ? 'read' : 'none');
    // The older field knows four levels only.
    const permission = role === 'maintain' ? 'write' : role === 'triage' ? 'read' : role;
    return {
      status: 200,
      body: { permission, role_name: role, user: { ...account(world, login), role_name: role } },
    };
  },
};

interface Entry {
  readonly name: string;
  readonly id: string;
  readonly size: number;
  readonly type: 'file' | 'dir';
}

function entry(world: World, ref: string, of: Entry): Record<string, unknown> {
  const api = `${world.origin()}/repos/${world.repository}`;
  const path = of.name.split('/').map(encodeURIComponent).join('/');
  const url = `${api}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const git = `${api}/git/${of.type === 'dir' ? 'trees' : 'blobs'}/${of.id}`;
  const kind = of.type === 'dir' ? 'tree' : 'blob';
  const html = `${world.origin()}/${world.repository}/${kind}/${ref}/${path}`;
  return {
    type: of.type,
    size: of.size,
    name: of.name.split('/').at(-1),
    path: of.name,
    sha: of.id,
    url,
    git_url: git,
    html_url: html,
    download_url: of.type === 'dir' ? null : html.replace('/blob/', '/raw/'),
    _links: { git, self: url, html },
  };
}

async function compare(call: Call): Promise<Answer> {
  const { world, path } = call;
  const [left, right] = path['basehead']!.split('...') as [string, string | undefined];
  const base = await readCommit(world, left);
  const head = right === undefined ? undefined : await readCommit(world, right);
  if (base === undefined || head === undefined) return notFound();
  const mergeBase = await world.git.run(['merge-base', base.sha, head.sha]).catch(() => undefined);
  if (mergeBase === undefined) return problem(404, `No common ancestor between ${left} and ${right}.`);
  const parted = await readCommit(world, mergeBase);
  const count = async (range: string): Promise<number> =>
    Number(await world.git.run(['rev-list', '--count', range]));
  const ahead = await count(`${base.sha}..${head.sha}`);
  const behind = await count(`${head.sha}..${base.sha}`);
  const between = await readCommits(world, ['--reverse', `${base.sha}..${head.sha}`]);
  const commits = between.map((each) => commit(world, each));
  const changes = await fileChanges(world, `${mergeBase}...${head.sha}`);
  const url = `${world.origin()}/repos/${world.repository}/compare/${path['basehead']}`;
  const html = `${world.origin()}/${world.repository}/compare/${path['basehead']}`;
  const page = Number(call.query['page'] ?? 1);
  const size = { ...call, query: { per_page: 250, ...call.query } };
  const status = ahead === 0 ? (behind === 0 ? 'identical' : 'behind') : behind === 0 ? 'ahead' : 'diverged';
  return paged(size, commits, (shown) => ({
    url,
    html_url: html,
    permalink_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    base_commit: commit(world, base),
    merge_base_commit: commit(world, parted!),
    status,
    ahead_by: ahead,
    behind_by: behind,
    total_commits: ahead,
    commits: shown,
    // Files stand on the first page alone.
    ...(page === 1
      ? { files: changes.slice(0, mostFilesOfComparison).map((each) => diffEntry(world, head.sha, each)) }
      : {}),
  }));
}
