import type { Result } from '../base/index.ts';
import { success } from '../base/index.ts';
import type { GitContext } from './context.ts';
import type { RepositoryFolders } from './discover.ts';
import type { GitFailure } from './failures.ts';
import type { ObjectId } from './object-id.ts';
import { readTagObjects } from './objects.ts';
import { listRefNames, listRefs, readRef } from './refs.ts';
import type { Ref } from './remote.ts';
import type { Tag } from './repository.ts';

const tagRefs = 'refs/tags/';

export async function listTags(
  folders: RepositoryFolders,
  prefix: string,
): Promise<Result<readonly string[], GitFailure>> {
  const refs = await listRefNames(folders, `${tagRefs}${prefix}`);
  return success(refs.map((ref) => ref.slice(tagRefs.length)));
}

export async function readTag(
  context: GitContext,
  name: string,
): Promise<Result<Tag | undefined, GitFailure>> {
  const ref = `${tagRefs}${name}`;
  const id = await readRef(context.folders, ref);
  if (id === undefined) return success(undefined);
  const tags = await tagsOf(context, [{ name: ref, id }]);
  return tags.ok ? success(tags.value[0]) : tags;
}

export async function readTags(
  context: GitContext,
  prefix: string,
): Promise<Result<readonly Tag[], GitFailure>> {
  return await tagsOf(context, await listRefs(context.folders, `${tagRefs}${prefix}`));
}

/** The same of tag objects that stand elsewhere than among the tags; each is named by its ref, without `refs/`. */
export async function readTagsBelow(
  context: GitContext,
  prefix: string,
): Promise<Result<readonly Tag[], GitFailure>> {
  return await tagsOf(context, await listRefs(context.folders, prefix), 'refs/');
}

async function tagsOf(
  context: GitContext,
  refs: readonly Ref[],
  above: string = tagRefs,
): Promise<Result<readonly Tag[], GitFailure>> {
  const objects = await readTagObjects(
    context,
    refs.map((ref) => ref.id),
  );
  if (!objects.ok) return objects;
  return success(
    refs.map(({ name: ref, id }) => {
      const name = ref.slice(above.length);
      const bytes = objects.value.get(id);
      return bytes === undefined ? { name, target: id } : parseTag(name, id, bytes);
    }),
  );
}

export function parseTag(name: string, id: ObjectId, bytes: Uint8Array): Tag {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const signatureAt = lastSignature(text);
  const signed = signatureAt === undefined ? text : text.slice(0, signatureAt);
  const split = signed.indexOf('\n\n');
  const header = split < 0 ? signed : signed.slice(0, split);
  const tagger = /^tagger (.*) <([^>]*)> ([0-9]{1,12}) [+-][0-9]{4}$/m.exec(header);
  return {
    name,
    target: /^object ([0-9a-f]{40})$/m.exec(header)?.[1] ?? id,
    id,
    message: split < 0 ? '' : signed.slice(split + 2).trimEnd(),
    ...(tagger === null
      ? {}
      : { tagger: { name: tagger[1]!, email: tagger[2]!, time: new Date(Number(tagger[3]) * 1000) } }),
    ...(signatureAt === undefined ? {} : { signature: { armoured: text.slice(signatureAt), signed } }),
  };
}

/** A signature signs everything before it, so that of several the last one counts, as for Git. */
function lastSignature(text: string): number | undefined {
  if (!text.includes('-----BEGIN ')) return undefined;
  let last: number | undefined;
  for (const match of text.matchAll(/^-----BEGIN (?:SSH|PGP) (?:SIGNATURE|MESSAGE)-----$/gm))
    last = match.index;
  return last;
}
