import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitContext } from '../context.ts';
import type { ObjectId } from '../object-id.ts';
import type { Advertisement } from './advertisement.ts';
import type { Packet } from './pkt-line.ts';
import {
  delimiterPacket,
  flushPacket,
  ProtocolError,
  packet,
  readPackets,
  readSideBands,
  refuseErrors,
  textOf,
} from './pkt-line.ts';

export interface FetchRequest {
  readonly wants: readonly ObjectId[];
  /** What is here with everything that it leads to. */
  readonly haves: readonly ObjectId[];
  /** Commits here whose parents are not. */
  readonly shallow: readonly ObjectId[];
  /** Only the commits themselves, without their parents and files. */
  readonly tipsOnly: boolean;
}

/** One question with everything in it; the server answers with one pack. */
export function fetchCommand(server: Advertisement, request: FetchRequest): string {
  const wants = request.wants.map((id) => `want ${id}`);
  const haves = request.haves.map((id) => packet(`have ${id}\n`));
  const shallow = request.shallow.map((id) => packet(`shallow ${id}\n`));
  const fetchWords = (server.abilities.get('fetch') ?? '').split(' ');
  const filters = request.tipsOnly && (server.abilities.has('filter') || fetchWords.includes('filter'));
  const limits = [
    ...(request.tipsOnly ? [packet('deepen 1\n')] : []),
    ...(filters ? [packet('filter tree:0\n')] : []),
  ];
  if (server.protocol === 2) {
    return [
      packet('command=fetch\n'),
      packet('agent=git/trainyard\n'),
      delimiterPacket,
      ...['no-progress\n', 'ofs-delta\n', ...wants.map((want) => `${want}\n`)].map(packet),
      ...shallow,
      ...limits,
      ...haves,
      packet('done\n'),
      flushPacket,
    ].join('');
  }
  const words = ['side-band-64k', 'ofs-delta', 'no-progress', 'shallow', 'filter'].filter((word) =>
    server.abilities.has(word),
  );
  const [first, ...others] = wants;
  return [
    packet(`${first} ${words.join(' ')} agent=git/trainyard\n`),
    ...others.map((want) => packet(`${want}\n`)),
    ...shallow,
    ...limits,
    flushPacket,
    ...haves,
    packet('done\n'),
  ].join('');
}

export interface FetchAnswer {
  readonly pack: Buffer;
  readonly shallow: readonly ObjectId[];
  readonly unshallow: readonly ObjectId[];
}

export function readFetchAnswer(bytes: Buffer): FetchAnswer {
  const packets = readPackets(bytes);
  refuseErrors(packets.slice(0, 1));
  const shallow: ObjectId[] = [];
  const unshallow: ObjectId[] = [];
  const isBand = (each: Packet): boolean => each.kind === 'data' && (each.bytes[0] ?? 0) <= 3;
  const start = packets.findIndex(isBand);
  for (const each of packets.slice(0, start < 0 ? undefined : start)) {
    if (each.kind !== 'data') continue;
    const entry = /^(un)?shallow ([0-9a-f]{40})$/.exec(textOf(each.bytes));
    if (entry !== null) (entry[1] === undefined ? shallow : unshallow).push(entry[2]!);
  }
  if (start < 0) throw new ProtocolError('it sends no pack');
  return { pack: readSideBands(packets.slice(start)).data, shallow, unshallow };
}

/** Puts a pack into the repository; nothing leads to it yet. */
export async function keepPack(context: GitContext, pack: Buffer): Promise<void> {
  const trailer = pack.subarray(-20).toString('hex');
  const isWhole =
    pack.length >= 32 &&
    pack.toString('latin1', 0, 4) === 'PACK' &&
    createHash('sha1').update(pack.subarray(0, -20)).digest('hex') === trailer;
  if (!isWhole) throw new ProtocolError('its pack is damaged');
  const count = pack.readUInt32BE(8);
  if (count === 0) return;
  const { git, where } = await context.library();
  const dir = context.folders.commonFolder;
  const path = `objects/pack/pack-${trailer}`;
  const files = where.fs.promises;
  await files.mkdir(join(dir, 'objects/pack'), { recursive: true });
  await files.writeFile(join(dir, `${path}.pack`), pack);
  const { oids } = await git.indexPack({ ...where, dir, filepath: `${path}.pack` });
  if (new Set(oids).size < count) {
    await Promise.all(
      ['.idx', '.pack'].map((ending) => files.unlink(join(dir, path + ending)).catch(() => undefined)),
    );
    throw new ProtocolError('its pack is not complete');
  }
}

export async function changeShallow(context: GitContext, answer: FetchAnswer): Promise<void> {
  if (answer.shallow.length + answer.unshallow.length === 0) return;
  const file = join(context.folders.commonFolder, 'shallow');
  const ids = new Set(await readShallow(context));
  for (const id of answer.shallow) ids.add(id);
  for (const id of answer.unshallow) ids.delete(id);
  const { where } = await context.library();
  await where.fs.promises.writeFile(
    file,
    [...ids]
      .sort()
      .map((id) => `${id}\n`)
      .join(''),
  );
}

export async function readShallow(context: GitContext): Promise<readonly ObjectId[]> {
  const text = await readFile(join(context.folders.commonFolder, 'shallow'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}
