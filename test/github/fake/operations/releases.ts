import { happened } from '../events.ts';
import { has } from '../permissions.ts';
import { account, nodeId } from '../shapes/account.ts';
import { readCommit } from '../shapes/commit.ts';
import type { Call, Handlers, Release, World } from '../world.ts';
import { notFound, paged, problem, timestamp, unprocessable } from '../world.ts';

/** Not in the description. */
const mostCharacters = 125_000;

export const releaseHandlers: Handlers = {
  'repos/list-releases': (call) => {
    const { world, token } = call;
    // Drafts are seen by those who may write.
    const sees = has(token.permissions, 'contents', 'write');
    const all = [...world.releases.values()].filter(({ draft }) => sees || !draft).reverse();
    return paged(call, all, (page) => page.map((each) => release(world, each)));
  },
  'repos/get-release': ({ world, token, path }) => {
    const found = world.releases.get(Number(path['release_id']));
    const sees = found?.draft !== true || has(token.permissions, 'contents', 'write');
    return found === undefined || !sees ? notFound() : { status: 200, body: release(world, found) };
  },
  // A draft has no tag yet, so none is found by it.
  'repos/get-release-by-tag': ({ world, path }) => {
    const found = [...world.releases.values()].find(({ tag, draft }) => tag === path['tag'] && !draft);
    return found === undefined ? notFound() : { status: 200, body: release(world, found) };
  },
  'repos/get-latest-release': ({ world }) => {
    const found = [...world.releases.values()].filter((each) => !each.draft && !each.prerelease).at(-1);
    return found === undefined ? notFound() : { status: 200, body: release(world, found) };
  },
  'repos/create-release': async (call) => {
    const { world, token, body } = call;
    const tag = String(body['tag_name']);
    const draft = body['draft'] === true;
    if (!draft && [...world.releases.values()].some((each) => each.tag === tag && !each.draft)) {
      const error = { resource: 'Release', code: 'already_exists', field: 'tag_name' };
      return problem(422, 'Validation Failed', [error]);
    }
    if ([...String(body['body'] ?? '')].length > mostCharacters) {
      return unprocessable(`body is too long (maximum is ${mostCharacters} characters)`);
    }
    const target = String(body['target_commitish'] ?? world.defaultBranch);
    if (!draft && !(await publishTag(world, tag, target))) {
      return problem(422, 'Validation Failed', [{ code: 'invalid', field: 'target_commitish' }]);
    }
    const made: Release = {
      id: world.nextId(),
      author: token.actor,
      createdAt: timestamp(world),
      tag,
      target,
      name: (body['name'] as string | undefined) ?? null,
      body: (body['body'] as string | undefined) ?? null,
      draft,
      prerelease: body['prerelease'] === true,
      publishedAt: draft ? null : timestamp(world),
    };
    world.releases.set(made.id, made);
    await tell(call, made, 'created');
    if (!draft) await tell(call, made, 'published');
    return { status: 201, body: release(world, made) };
  },
  'repos/update-release': async (call) => {
    const { world, path, body } = call;
    const found = world.releases.get(Number(path['release_id']));
    if (found === undefined) return notFound();
    if ([...String(body['body'] ?? '')].length > mostCharacters) {
      return unprocessable(`body is too long (maximum is ${mostCharacters} characters)`);
    }
    const publishes = found.draft && body['draft'] === false;
    if (publishes && !(await publishTag(world, String(body['tag_name'] ?? found.tag), found.target))) {
      return problem(422, 'Validation Failed', [{ code: 'invalid', field: 'target_commitish' }]);
    }
    if (body['tag_name'] !== undefined) found.tag = String(body['tag_name']);
    if (body['name'] !== undefined) found.name = String(body['name']);
    if (body['body'] !== undefined) found.body = String(body['body']);
    if (body['draft'] !== undefined) found.draft = body['draft'] === true;
    if (body['prerelease'] !== undefined) found.prerelease = body['prerelease'] === true;
    if (publishes) found.publishedAt = timestamp(world);
    await tell(call, found, publishes ? 'published' : 'edited');
    return { status: 200, body: release(world, found) };
  },
  'repos/delete-release': async (call) => {
    const found = call.world.releases.get(Number(call.path['release_id']));
    if (found === undefined) return notFound();
    call.world.releases.delete(found.id);
    await tell(call, found, 'deleted');
    return { status: 204 };
  },
};

/** A published release has a tag: a light one is made where there is none. */
async function publishTag(world: World, tag: string, target: string): Promise<boolean> {
  if ((await world.git.find(`refs/tags/${tag}`)) !== undefined) return true;
  const facts = await readCommit(world, target);
  if (facts === undefined) return false;
  await world.git.run(['update-ref', `refs/tags/${tag}`, facts.sha]);
  return true;
}

function release(world: World, of: Release): Record<string, unknown> {
  const api = `${world.origin()}/repos/${world.repository}`;
  const html = `${world.origin()}/${world.repository}/releases/tag/${encodeURIComponent(of.tag)}`;
  return {
    url: `${api}/releases/${of.id}`,
    assets_url: `${api}/releases/${of.id}/assets`,
    upload_url: `${api}/releases/${of.id}/assets{?name,label}`,
    html_url: html,
    id: of.id,
    author: account(world, of.author),
    node_id: nodeId('Release', of.id),
    tag_name: of.tag,
    target_commitish: of.target,
    name: of.name,
    draft: of.draft,
    prerelease: of.prerelease,
    created_at: of.createdAt,
    published_at: of.publishedAt,
    assets: [],
    tarball_url: of.draft ? null : `${api}/tarball/${encodeURIComponent(of.tag)}`,
    zipball_url: of.draft ? null : `${api}/zipball/${encodeURIComponent(of.tag)}`,
    body: of.body,
  };
}

/** Workflows do not start for drafts that are created, edited or deleted. */
async function tell({ world, token }: Call, of: Release, action: string): Promise<void> {
  const ref = `refs/tags/${of.tag}`;
  const sha = (await readCommit(world, ref))?.sha;
  await happened(world, token, {
    name: 'release',
    action,
    facts: { release: release(world, of) },
    ref,
    ...(sha === undefined ? {} : { sha }),
    silent: of.draft ? 'the release is a draft' : undefined,
  });
}
