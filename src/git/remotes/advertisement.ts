import { isRefName } from '../refs.ts';
import type { Ref } from '../remote.ts';
import type { Packet } from './pkt-line.ts';
import {
  delimiterPacket,
  flushPacket,
  ProtocolError,
  packet,
  readPackets,
  refuseErrors,
  requireEnd,
  textOf,
} from './pkt-line.ts';

/** What a server says first: its abilities, and before protocol 2 all of its refs. */
export interface Advertisement {
  readonly protocol: 0 | 2;
  readonly abilities: ReadonlyMap<string, string>;
  readonly refs: readonly Ref[];
}

export function readAdvertisement(bytes: Buffer): Advertisement {
  const packets = readPackets(bytes);
  refuseErrors(packets);
  requireEnd(packets);
  const lines = packets
    .filter((each): each is Packet & { kind: 'data' } => each.kind === 'data')
    .map((each) => textOf(each.bytes))
    .filter((line) => !line.startsWith('# service='));
  if (lines[0] === undefined) throw new ProtocolError('it says nothing of itself');
  if (lines[0] === 'version 2') {
    return { protocol: 2, abilities: abilitiesOf(lines.slice(1)), refs: [] };
  }
  const [first = '', words = ''] = lines[0].split('\0');
  const refs: Ref[] = [];
  for (const line of [first, ...lines.slice(1)]) {
    if (line === '' || /^version 1$|^shallow /.test(line)) continue;
    const entry = /^([0-9a-f]{40}) (.+)$/.exec(line);
    if (entry === null) throw new ProtocolError('a line of its list is no ref');
    if (isRefName(entry[2]!)) refs.push({ name: entry[2]!, id: entry[1]! });
  }
  return { protocol: 0, abilities: abilitiesOf(words.split(' ').filter((word) => word !== '')), refs };
}

function abilitiesOf(words: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    words.map((word) => {
      const at = word.indexOf('=');
      return at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)];
    }),
  );
}

/** Protocol 2: the refs below some prefixes only. */
export function listCommand(prefixes: readonly string[]): string {
  return [
    packet('command=ls-refs\n'),
    packet('agent=git/trainyard\n'),
    delimiterPacket,
    ...prefixes.map((prefix) => packet(`ref-prefix ${prefix}\n`)),
    flushPacket,
  ].join('');
}

export function readListing(bytes: Buffer): readonly Ref[] {
  const packets = readPackets(bytes);
  refuseErrors(packets);
  requireEnd(packets);
  const refs: Ref[] = [];
  for (const each of packets) {
    if (each.kind !== 'data') continue;
    const entry = /^([0-9a-f]{40}) (\S+)/.exec(textOf(each.bytes));
    if (entry === null) throw new ProtocolError('a line of its list is no ref');
    if (isRefName(entry[2]!)) refs.push({ name: entry[2]!, id: entry[1]! });
  }
  return refs;
}
