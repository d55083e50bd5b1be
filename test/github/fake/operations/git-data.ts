import { nodeId } from '../shapes/account.ts';
import { commit, gitCommit, readCommit, readCommits, unsigned } from '../shapes/commit.ts';
import type { Answer, Call, Handlers, World } from '../world.ts';
import { notFound, paged, problem, unprocessable } from '../world.ts';

const emptyRepository = problem(409, 'Git Repository is empty.');

/** https://docs.github.com/en/rest/git */
export const gitDataHandlers: Handlers = {
  'git/create-blob': async ({ world, body }) => {
    if (await isEmpty(world)) return emptyRepository;
    const bytes = Buffer.from(String(body['content']), body['encoding'] === 'base64' ? 'base64' : 'utf8');
    const sha = await world.git.run(['hash-object', '-w', '--stdin'], bytes);
    return { status: 201, body: { url: `${api(world)}/git/blobs/${sha}`, sha } };
  },
  'git/get-blob': async ({ world, path }) => {
    const sha = path['file_sha']!;
    const bytes = await world.git.bytes(['cat-file', 'blob', sha]).catch(() => undefined);
    if (bytes === undefined) return notFound();
    return {
      status: 200,
      body: {
        sha,
        node_id: nodeId('Blob', sha),
        size: bytes.length,
        url: `${api(world)}/git/blobs/${sha}`,
        content: base64Lines(bytes),
        encoding: 'base64',
      },
    };
  },
  'git/create-tree': async ({ world, body }) => {
    if (await isEmpty(world)) return emptyRepository;
    const base = body['base_tree'];
    await world.git.run(['read-tree', ...(base === undefined ? ['--empty'] : [String(base)])]);
    for (const entry of body['tree'] as readonly TreeEntry[]) {
      if (entry.path === undefined || entry.mode === undefined) {
        return unprocessable('tree.path and tree.mode are required');
      }
      if (entry.content !== undefined && entry.sha !== undefined) {
        return unprocessable('tree.content and tree.sha are both there');
      }
      if (entry.sha === null) {
        await world.git.run(['update-index', '--force-remove', '--', entry.path]);
        continue;
      }
      if (entry.content === undefined && entry.sha === undefined) {
        return unprocessable('tree.sha or tree.content is required');
      }
      const blob = entry.sha ?? (await world.git.run(['hash-object', '-w', '--stdin'], entry.content));
      await world.git.run(['update-index', '--add', '--cacheinfo', `${entry.mode},${blob},${entry.path}`]);
    }
    return { status: 201, body: await tree(world, await world.git.run(['write-tree']), false) };
  },
  'git/get-tree': async ({ world, path, query }) => {
    const sha = await world.git.find(`${path['tree_sha']}^{tree}`);
    if (sha === undefined) return notFound();
    return { status: 200, body: await tree(world, sha, query['recursive'] !== undefined) };
  },
  'git/create-commit': async ({ world, body }) => {
    if ((await world.git.find(`${body['tree']}^{tree}`)) === undefined) {
      return unprocessable('Tree SHA does not exist');
    }
    const above: string[] = [];
    for (const parent of (body['parents'] ?? []) as readonly string[]) {
      if ((await world.git.find(`${parent}^{commit}`)) === undefined) {
        return unprocessable(`Parent SHA does not exist or is not a commit object`);
      }
      above.push('-p', parent);
    }
    const sha = await world.git.run(['commit-tree', String(body['tree']), ...above], String(body['message']));
    return { status: 201, body: gitCommit(world, (await readCommit(world, sha))!) };
  },
  'git/get-commit': async ({ world, path }) => {
    const found = await readCommit(world, path['commit_sha']!);
    return found === undefined ? notFound() : { status: 200, body: gitCommit(world, found) };
  },
  'git/create-tag': async ({ world, body, token }) => {
    const kind = String(body['type']);
    if ((await world.git.find(`${body['object']}^{${kind}}`)) === undefined) {
      return unprocessable(`Object does not exist or is no ${kind}`);
    }
    const now = Math.floor(world.now().getTime() / 1000);
    const tagger = (body['tagger'] ?? {
      name: token.actor,
      email: `${token.actor}@users.noreply.example.org`,
    }) as { name: string; email: string; date?: string };
    const seconds = tagger.date === undefined ? now : Math.floor(Date.parse(tagger.date) / 1000);
    const header = [
      `object ${body['object']}`,
      `type ${kind}`,
      `tag ${body['tag']}`,
      `tagger ${tagger.name} <${tagger.email}> ${seconds} +0000`,
    ];
    const sha = await world.git.run(['mktag'], `${header.join('\n')}\n\n${body['message']}\n`);
    return { status: 201, body: await tag(world, sha) };
  },
  'git/get-tag': async ({ world, path }) => {
    const sha = await world.git.find(`${path['tag_sha']}^{tag}`);
    return sha === undefined ? notFound() : { status: 200, body: await tag(world, sha) };
  },
  'git/get-ref': async ({ world, path }) => {
    const name = `refs/${path['ref']}`;
    return (await world.git.refs()).has(name)
      ? { status: 200, body: await reference(world, name) }
      : notFound();
  },
  'git/list-matching-refs': async (call) => {
    const { world, path } = call;
    const names = [...(await world.git.refs()).keys()].filter((each) =>
      each.startsWith(`refs/${path['ref']}`),
    );
    const all = await Promise.all(names.map((name) => reference(world, name)));
    return { status: 200, body: all };
  },
  'git/create-ref': async ({ world, body }) => {
    const [ref, sha] = [String(body['ref']), String(body['sha'])];
    if (!/^refs\/[^/]+\/.+/.test(ref)) return unprocessable('Reference name must start with refs/');
    if (!(await exists(world, sha))) return problem(422, 'Object does not exist');
    if ((await world.git.refs()).has(ref)) return problem(422, 'Reference already exists');
    return await moved(world, ref, sha, 201);
  },
  'git/update-ref': async ({ world, path, body }) => {
    const ref = `refs/${path['ref']}`;
    const sha = String(body['sha']);
    const before = (await world.git.refs()).get(ref);
    if (before === undefined) return problem(422, 'Reference does not exist');
    if (!(await exists(world, sha))) return problem(422, 'Object does not exist');
    const isForward = await world.git.run(['merge-base', '--is-ancestor', before, sha]).then(
      () => true,
      () => false,
    );
    if (!isForward && body['force'] !== true) return problem(422, 'Update is not a fast forward');
    return await moved(world, ref, sha, 200);
  },
  'git/delete-ref': async ({ world, path }) => {
    const ref = `refs/${path['ref']}`;
    if (!(await world.git.refs()).has(ref)) return problem(422, 'Reference does not exist');
    await world.git.run(['update-ref', '-d', ref]);
    return { status: 204 };
  },
  'repos/get-commit': async ({ world, path }) => {
    const found = await readCommit(world, path['ref']!);
    if (found === undefined) return problem(422, `No commit found for SHA: ${path['ref']}`);
    return { status: 200, body: commit(world, found) };
  },
  'repos/list-commits': async (call) => await listCommits(call),
};

interface TreeEntry {
  readonly path?: string;
  readonly mode?: string;
  readonly content?: string;
  readonly sha?: string | null;
}

async function listCommits(call: Call): Promise<Answer> {
  const { world, query } = call;
  const from = String(query['sha'] ?? world.defaultBranch);
  const paths = query['path'] === undefined ? [] : [String(query['path'])];
  const found = await readCommits(world, ['--end-of-options', from, '--', ...paths]).catch(() => undefined);
  if (found === undefined) return notFound();
  return paged(call, found, (page) => page.map((each) => commit(world, each)));
}

export function base64Lines(bytes: Buffer): string {
  return bytes.toString('base64').replace(/.{60}/g, '$&\n');
}

function api(world: World): string {
  return `${world.origin()}/repos/${world.repository}`;
}

async function isEmpty({ git }: World): Promise<boolean> {
  return (await git.run(['for-each-ref', '--count=1'])) === '';
}

async function exists({ git }: World, sha: string): Promise<boolean> {
  return /^[0-9a-f]{40}$/.test(sha) && (await git.find(`${sha}^{object}`)) !== undefined;
}

async function moved(world: World, ref: string, sha: string, status: number): Promise<Answer> {
  await world.git.run(['update-ref', ref, sha]);
  return { status, body: await reference(world, ref) };
}

async function reference(world: World, ref: string): Promise<object> {
  const sha = (await world.git.find(ref))!;
  const type = await world.git.run(['cat-file', '-t', sha]);
  return {
    ref,
    node_id: nodeId('Ref', ref),
    url: `${api(world)}/git/${ref}`,
    object: { sha, type, url: `${api(world)}/git/${type}s/${sha}` },
  };
}

async function tag(world: World, sha: string): Promise<object> {
  const text = await world.git.run(['cat-file', 'tag', sha]);
  const [head, ...body] = text.split('\n\n');
  const field = (name: string): string => new RegExp(`^${name} (.*)$`, 'm').exec(head!)?.[1] ?? '';
  const [, name, email, seconds] = /^(.*) <(.*)> (\d+)/.exec(field('tagger')) as unknown as string[];
  const [object, type] = [field('object'), field('type')];
  return {
    node_id: nodeId('Tag', sha),
    tag: field('tag'),
    sha,
    url: `${api(world)}/git/tags/${sha}`,
    message: body.join('\n\n'),
    tagger: { name, email, date: new Date(Number(seconds) * 1000).toISOString().replace('.000', '') },
    object: { sha: object, type, url: `${api(world)}/git/${type}s/${object}` },
    verification: unsigned,
  };
}

async function tree(world: World, sha: string, isRecursive: boolean): Promise<object> {
  const args = ['ls-tree', '-z', '-l', ...(isRecursive ? ['-r', '-t'] : []), sha];
  const entries = (await world.git.bytes(args)).toString('utf8').split('\0').slice(0, -1);
  return {
    sha,
    url: `${api(world)}/git/trees/${sha}`,
    tree: entries.map((entry) => {
      const [facts, path] = entry.split('\t') as [string, string];
      const [mode, type, id, size] = facts.split(/ +/) as [string, string, string, string];
      const url = `${api(world)}/git/${type}s/${id}`;
      return { path, mode, type, sha: id, url, ...(size === '-' ? {} : { size: Number(size) }) };
    }),
    truncated: false,
  };
}
