import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { GitContext } from './context.ts';
import type { GitFailure } from './failures.ts';
import { gitIoFailed, objectMissing } from './failures.ts';
import type { Library } from './library.ts';
import type { ObjectId } from './object-id.ts';

export interface GitObject {
  readonly type: 'blob' | 'tree' | 'commit' | 'tag';
  readonly bytes: Uint8Array;
}

/** Objects by id, in order. The command reads 30,000 of them in the time in which the library reads 600. */
export async function readObjects(
  context: GitContext,
  ids: readonly ObjectId[],
): Promise<Result<readonly GitObject[], GitFailure>> {
  if (ids.length === 0) return success([]);
  const output = await context.system.run(['cat-file', '--batch'], `${ids.join('\n')}\n`);
  const objects = output?.exitCode === 0 ? parseBatch(output.stdout, ids.length) : undefined;
  if (objects !== undefined) return success(objects);
  // No command, or it refuses this repository, or an object is missing: then the library says which one.
  const read: GitObject[] = [];
  for (const id of ids) {
    const object = await withLibrary(context, `The object ${id}`, async ({ git, where }) => {
      const found = await git.readObject({ ...where, oid: id, format: 'content' });
      return { type: found.type as GitObject['type'], bytes: found.object as Uint8Array };
    });
    if (!object.ok) return object;
    read.push(object.value);
  }
  return success(read);
}

/** What kinds of objects these are, in order, without reading them where the command is there. */
export async function objectTypes(
  context: GitContext,
  ids: readonly ObjectId[],
): Promise<Result<readonly GitObject['type'][], GitFailure>> {
  const types = await typesBySystem(context, ids);
  if (types !== undefined) return success(types);
  const read = await readObjects(context, ids);
  return read.ok ? success(read.value.map((object) => object.type)) : read;
}

/** Those of the objects that are annotated tags; a lightweight tag may point to a file of any size. */
export async function readTagObjects(
  context: GitContext,
  ids: readonly ObjectId[],
): Promise<Result<ReadonlyMap<ObjectId, Uint8Array>, GitFailure>> {
  const types = await typesBySystem(context, ids);
  const wanted = types === undefined ? ids : ids.filter((_, i) => types[i] === 'tag');
  const read = await readObjects(context, wanted);
  if (!read.ok) return read;
  const tags = new Map<ObjectId, Uint8Array>();
  for (const [i, { type, bytes }] of read.value.entries()) if (type === 'tag') tags.set(wanted[i]!, bytes);
  return success(tags);
}

async function typesBySystem(
  context: GitContext,
  ids: readonly ObjectId[],
): Promise<readonly GitObject['type'][] | undefined> {
  if (ids.length === 0) return [];
  const output = await context.system.run(['cat-file', '--batch-check=%(objecttype)'], `${ids.join('\n')}\n`);
  const types = output?.exitCode === 0 ? output.stdout.toString('latin1').trimEnd().split('\n') : [];
  const known = types.length === ids.length && types.every((type) => /^(blob|tree|commit|tag)$/.test(type));
  return known ? (types as GitObject['type'][]) : undefined;
}

/** Runs a reading call of the library; a second time when a pack was replaced by garbage collection meanwhile. */
export async function withLibrary<T>(
  context: GitContext,
  what: string,
  call: (library: Library) => Promise<T>,
): Promise<Result<T, GitFailure>> {
  const library = await context.library();
  try {
    return success(await call(library));
  } catch {
    try {
      return success(await call({ ...library, where: { ...library.where, cache: {} } }));
    } catch (error) {
      // What the operating system refuses has an error number; the library's own errors have none.
      const refused = error instanceof Error && 'errno' in error;
      return failed(
        refused ? gitIoFailed('read or write the repository', error) : objectMissing(what, error),
      );
    }
  }
}

function parseBatch(bytes: Buffer, count: number): readonly GitObject[] | undefined {
  const objects: GitObject[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const end = bytes.indexOf(10, at);
    if (end < 0) return undefined;
    const header = /^[0-9a-f]{40} (blob|tree|commit|tag) ([0-9]+)$/.exec(bytes.toString('latin1', at, end));
    if (header === null) return undefined;
    const start = end + 1;
    const length = Number(header[2]);
    objects.push({ type: header[1] as GitObject['type'], bytes: bytes.subarray(start, start + length) });
    at = start + length + 1;
  }
  return objects;
}
