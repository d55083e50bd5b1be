/**
 * Git's framing (gitprotocol-common(5)): each packet begins with its length in four hexadecimal digits, themselves
 * included; 0000 ends a request or list, 0001 separates parts.
 */
export type Packet =
  | { readonly kind: 'data'; readonly bytes: Buffer }
  | { readonly kind: 'flush' | 'delimiter' | 'end' };

export const flushPacket = '0000';
export const delimiterPacket = '0001';

export function packet(text: string): string {
  return (Buffer.byteLength(text) + 4).toString(16).padStart(4, '0') + text;
}

/** Thrown inside of the protocol's files, and turned into a failure at their edge. */
export class ProtocolError extends Error {}

export function readPackets(bytes: Buffer): readonly Packet[] {
  const packets: Packet[] = [];
  const special = ['flush', 'delimiter', 'end'] as const;
  for (let at = 0; at < bytes.length; ) {
    const digits = bytes.toString('latin1', at, at + 4);
    if (!/^[0-9a-f]{4}$/i.test(digits)) throw new ProtocolError('a packet has no length');
    const length = Number.parseInt(digits, 16);
    const kind = special[length];
    if (kind !== undefined) packets.push({ kind });
    else if (length < 4 || at + length > bytes.length) throw new ProtocolError('a packet is cut off');
    else packets.push({ kind: 'data', bytes: bytes.subarray(at + 4, at + length) });
    at += Math.max(length, 4);
  }
  return packets;
}

/** A list that ends without its last packet was cut off on the way. */
export function requireEnd(packets: readonly Packet[]): void {
  if (packets.at(-1)?.kind !== 'flush') throw new ProtocolError('it ends too early');
}

/** The text of a packet without its last line feed. */
export function textOf(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/\n$/, '');
}

/** A server that gives up says so in a packet of its own. */
export function refuseErrors(packets: readonly Packet[]): void {
  for (const each of packets) {
    if (each.kind !== 'data' || each.bytes.toString('latin1', 0, 4) !== 'ERR ') continue;
    throw new ProtocolError(`it says: ${textOf(each.bytes).slice(4)}`);
  }
}

export interface SideBands {
  readonly data: Buffer;
  /** What the server says to the user. */
  readonly words: string;
}

/** Takes apart what is sent as side-band-64k: band 1 is data, 2 is for people, 3 is a fatal error. */
export function readSideBands(packets: readonly Packet[]): SideBands {
  const data: Buffer[] = [];
  let words = '';
  for (const each of packets) {
    if (each.kind !== 'data') continue;
    const band = each.bytes[0];
    const rest = each.bytes.subarray(1);
    if (band === 1) data.push(rest);
    else if (band === 2) words += rest.toString('utf8');
    else if (band === 3) throw new ProtocolError(`it says: ${rest.toString('utf8')}`);
    else throw new ProtocolError('a packet is of no band');
  }
  return { data: Buffer.concat(data), words };
}
