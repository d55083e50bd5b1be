import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest, Json } from '../base/index.ts';
import { canonicalJson } from '../base/index.ts';
import type { BrokenRuleCount } from './batch-job.ts';
import type { Part } from './part.ts';

/** What a part came to: its existence says that the part is whole. */
export interface PartFacts {
  readonly rows: number;
  readonly scored: number;
  readonly broken: readonly BrokenRuleCount[];
  /** Length of the files. */
  readonly bytes: number;
  readonly rejectBytes: number;
}

/**
 * The folder with the parts of a job. It belongs to one model, input and way of writing: an interrupted job goes on in it,
 * another one starts it anew.
 */
export interface WorkFolder {
  readonly path: string;
  /** Why what an earlier start left behind was of no use. */
  readonly startedAnew?: string;
  file(name: string): string;
  /** The parts that are whole. */
  wholeParts(parts: readonly Part[]): Promise<ReadonlyMap<number, PartFacts>>;
  /** Says that the files of a part are whole. */
  finish(part: Part, facts: Omit<PartFacts, 'bytes' | 'rejectBytes'>): Promise<void>;
  remove(): Promise<void>;
}

/** Everything that decides the bytes of the parts; the first that differs is told. */
export type JobIdentity = Readonly<Record<'format' | 'model' | 'input' | 'options', Digest | number>>;

const identityFile = 'job.json';
const names: Readonly<Record<keyof JobIdentity, string>> = {
  format: 'another version of Trainyard wrote the parts',
  model: 'the parts are of another model',
  input: 'the input is another one, or was changed',
  options: 'the options are others',
};

/** `extension` is that of the parts. */
export async function openWorkFolder(
  path: string,
  identity: JobIdentity,
  extension: string,
): Promise<WorkFolder> {
  const before = await readIdentity(path);
  const difference =
    before === undefined
      ? undefined
      : (Object.keys(names) as (keyof JobIdentity)[]).find((key) => before[key] !== identity[key]);
  const isFresh = before === undefined || difference !== undefined;
  if (isFresh) {
    await rm(path, { recursive: true, force: true });
    await mkdir(path);
    await writeWhole(join(path, identityFile), canonicalJson(identity as unknown as Json));
  }
  const file = (name: string): string => join(path, name);
  return {
    path,
    ...(difference === undefined ? {} : { startedAnew: names[difference] }),
    file,
    async wholeParts(parts): Promise<ReadonlyMap<number, PartFacts>> {
      const whole = new Map<number, PartFacts>();
      for (const part of isFresh ? [] : parts) {
        const facts = await readJson<PartFacts>(file(`${partName(part)}.json`));
        if (facts === undefined) continue;
        const bytes = await lengthOf(file(`${partName(part)}.${extension}`));
        const rejectBytes = await lengthOf(file(`${partName(part)}.rejects.jsonl`));
        if (bytes === facts.bytes && rejectBytes === facts.rejectBytes) whole.set(part.index, facts);
      }
      return whole;
    },
    async finish(part, facts): Promise<void> {
      const written = [`${partName(part)}.${extension}`, `${partName(part)}.rejects.jsonl`];
      for (const name of written) await sync(file(name));
      const [bytes, rejectBytes] = (await Promise.all(written.map((name) => lengthOf(file(name))))) as [
        number,
        number,
      ];
      const whole: PartFacts = { ...facts, bytes, rejectBytes };
      await writeWhole(file(`${partName(part)}.json`), canonicalJson(whole as unknown as Json));
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

export function partName({ index }: Part): string {
  return String(index).padStart(6, '0');
}

async function readIdentity(path: string): Promise<JobIdentity | undefined> {
  const identity = await readJson<JobIdentity>(join(path, identityFile));
  if (identity !== undefined) return identity;
  // Before it has a description, it holds nothing but the beginning of one; anything else is somebody's.
  const inside = await readdir(path).catch(() => []);
  if (inside.some((name) => !name.startsWith(identityFile)))
    throw new Error('it holds what is no part of a scoring');
  return undefined;
}

async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.partial`, text);
  await sync(`${path}.partial`);
  await rename(`${path}.partial`, path);
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function lengthOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => -1,
  );
}
