import type { RefUpdate } from '../remote.ts';
import type { Advertisement } from './advertisement.ts';
import {
  flushPacket,
  ProtocolError,
  packet,
  readPackets,
  readSideBands,
  refuseErrors,
  textOf,
} from './pkt-line.ts';

const zero = '0'.repeat(40);

/** All moves in one transaction of the server (gitprotocol-pack(5), "Reference Update Request"). */
export function pushCommand(
  server: Advertisement,
  updates: readonly RefUpdate[],
  pack: Uint8Array | undefined,
): Buffer {
  const wanted = ['report-status', 'atomic', 'side-band-64k', 'delete-refs'];
  const words = wanted.filter((word) => server.abilities.has(word));
  const lines = updates.map(({ ref, before, after }, i) => {
    const move = `${before ?? zero} ${after ?? zero} ${ref}`;
    return packet(i === 0 ? `${move}\0 ${words.join(' ')} agent=git/trainyard\n` : `${move}\n`);
  });
  return Buffer.concat([Buffer.from(lines.join('') + flushPacket), pack ?? Buffer.alloc(0)]);
}

export interface PushReport {
  readonly moved: readonly string[];
  readonly refused: readonly { readonly ref: string; readonly why: string }[];
  /** What the server says to the user. */
  readonly words: string;
}

export function readPushReport(server: Advertisement, bytes: Buffer): PushReport {
  let packets = readPackets(bytes);
  refuseErrors(packets.slice(0, 1));
  let words = '';
  if (server.abilities.has('side-band-64k')) {
    const bands = readSideBands(packets);
    words = bands.words;
    packets = readPackets(bands.data);
  }
  const lines = packets.flatMap((each) => (each.kind === 'data' ? [textOf(each.bytes)] : []));
  const unpacked = /^unpack (.*)$/.exec(lines[0] ?? '')?.[1];
  if (unpacked === undefined) throw new ProtocolError('it does not say what became of the push');
  const moved = lines.slice(1).flatMap((line) => /^ok (\S+)/.exec(line)?.[1] ?? []);
  const refused = lines.slice(1).flatMap((line) => {
    const entry = /^ng (\S+) (.*)$/.exec(line);
    return entry === null ? [] : [{ ref: entry[1]!, why: entry[2]! }];
  });
  if (unpacked !== 'ok' && refused.length === 0) throw new ProtocolError(`it could not unpack: ${unpacked}`);
  return { moved, refused, words };
}
