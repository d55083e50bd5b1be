import { mkdir, rm, stat, utimes } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import { digestOfJson, failed, success } from '../base/index.ts';
import { expandBraces, matchesPart, parsePathPattern } from '../data/index.ts';
import type { NamedFile } from '../sql/index.ts';
import type { Objects, StoredObject } from '../store/index.ts';
import { openObjects } from '../store/index.ts';
import { objectsNone } from './failures.ts';

/** A verb that reads or writes files has objects of S3 as files in a folder of its own, until it is done. */
export interface ObjectFiles {
  /** `s3://bucket/data/*.csv`: the objects, sorted by key. Those that are there already, and unchanged, are not fetched again. */
  fetch(url: string): Promise<Result<readonly NamedFile[], Failure>>;
  /** Where a file is written before it becomes the object. */
  local(url: string): string;
  store(url: string): Promise<Failure | undefined>;
  remove(): Promise<void>;
}

export function isObject(text: string): boolean {
  return text.startsWith('s3://');
}

/** The folder is the same for the same names, so that an interrupted verb finds again what it had. */
export function objectFiles(
  names: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
): ObjectFiles {
  const digits = digestOfJson([...names]).slice('sha256:'.length, 'sha256:'.length + 12);
  const folder = join(cwd, '.trainyard', 'batch', digits);
  const opened = async <T>(
    url: string,
    use: (objects: Objects) => Promise<Result<T, Failure>>,
  ): Promise<Result<T, Failure>> => {
    const objects = await openObjects(url, { root: cwd, env });
    if (!objects.ok) return objects;
    await using place = objects.value;
    return await use(place);
  };
  const local = (url: string): string => join(folder, 'out', basename(url));
  return {
    local,
    fetch: async (url) => {
      const { place, pattern, prefix } = partsOf(url);
      return await opened(place, async (objects): Promise<Result<readonly NamedFile[], Failure>> => {
        const found = await objectsLike(objects, prefix, pattern);
        if (!found.ok) return found;
        if (found.value.length === 0) return failed(objectsNone(url));
        await mkdir(join(folder, 'out'), { recursive: true });
        const files: NamedFile[] = [];
        for (const [i, object] of found.value.entries()) {
          const path = join(folder, `${String(i).padStart(6, '0')}-${basename(object.key)}`);
          const fetched = await fetchOne(objects, object, path);
          if (!fetched.ok) return fetched;
          files.push({ path, shown: `${place}/${object.key}` });
        }
        return success(files);
      });
    },
    store: async (url) => {
      const { place, pattern } = partsOf(url);
      const stored = await opened(place, (objects) => objects.putFile(pattern, local(url)));
      return stored.ok ? undefined : stored.failure;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** `prefix` is what all keys start with that the pattern can match. */
function partsOf(url: string): { readonly place: string; readonly pattern: string; readonly prefix: string } {
  const [, place = url, pattern = ''] = /^(s3:\/\/[^/]+)\/(.*)$/.exec(url) ?? [];
  const prefix = /^[^*?[{]*/.exec(pattern)![0];
  return { place, pattern, prefix };
}

async function objectsLike(
  objects: Objects,
  prefix: string,
  pattern: string,
): Promise<Result<readonly StoredObject[], Failure>> {
  const patterns = expandBraces(pattern).map(parsePathPattern);
  const found: StoredObject[] = [];
  for (let after: string | undefined; ; ) {
    const page = await objects.list({ prefix, ...(after === undefined ? {} : { after }) });
    if (!page.ok) return page;
    for (const object of page.value.objects) {
      const names = object.key.split('/');
      if (object.key === pattern || patterns.some((parts) => matches(parts, names))) found.push(object);
    }
    after = page.value.objects.at(-1)?.key;
    if (!page.value.isCut || after === undefined) return success(found);
  }
}

function matches(parts: ReturnType<typeof parsePathPattern>, names: readonly string[]): boolean {
  const [part, ...left] = parts;
  if (part === undefined) return names.length === 0;
  if (part.kind === 'folders')
    return names.some((_, i) => matches(left, names.slice(i))) || left.length === 0;
  const [name, ...others] = names;
  return name !== undefined && matchesPart(part, name) && matches(left, others);
}

/** The file gets the time of the object: whoever looks at it sees whether it changed. */
async function fetchOne(
  objects: Objects,
  { key, bytes, modified }: StoredObject,
  path: string,
): Promise<Result<void, Failure>> {
  const facts = await stat(path).catch(() => undefined);
  if (facts?.size === bytes && Math.round(facts.mtimeMs) === modified) return success(undefined);
  const fetched = await objects.getFile(key, path);
  if (!fetched.ok) return fetched;
  await utimes(path, modified / 1000, modified / 1000);
  return success(undefined);
}
