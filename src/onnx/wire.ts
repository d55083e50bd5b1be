/**
 * The protobuf wire format, read in place: a model's tensors can be hundreds of megabytes of numbers, of which its
 * description needs none. Nothing is copied or allocated for fields that nobody asks for, and fields that this code
 * does not know survive a rewrite.
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export interface Span {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** Bytes that are not protobuf, or not of a shape that a model can have. Caught at the edge of the room. */
export class WireError extends Error {}

/** `value` is that of a varint (beyond 2^53 inexact), `start` and `end` those of the payload, `from` of the tag. */
export type FieldVisitor = (
  field: number,
  wire: number,
  start: number,
  end: number,
  value: number,
  from: number,
) => void;

export const varint = 0;
export const lengthDelimited = 2;

/** Calls `visit` for each field of a message, in the order of the bytes. */
export function eachField({ bytes, start, end }: Span, visit: FieldVisitor): void {
  let at = start;
  while (at < end) {
    const from = at;
    const tag = readVarint(bytes, at, end);
    at = tag.next;
    const field = Math.floor(tag.value / 8);
    const wire = tag.value % 8;
    if (field < 1 || field > 0x1fffffff) throw new WireError(`field number ${field}`);
    const [payload, next, value] = readPayload(bytes, at, end, wire);
    visit(field, wire, payload, next, value, from);
    at = next;
  }
}

function readPayload(bytes: Uint8Array, at: number, end: number, wire: number): [number, number, number] {
  if (wire === varint) {
    const { value, next } = readVarint(bytes, at, end);
    return [at, next, value];
  }
  let payload = at;
  let size: number;
  if (wire === lengthDelimited) {
    const length = readVarint(bytes, at, end);
    payload = length.next;
    size = length.value;
  } else if (wire === 1) size = 8;
  else if (wire === 5) size = 4;
  else throw new WireError(`wire type ${wire}`);
  if (size > end - payload) throw new WireError('a field goes beyond its message');
  return [payload, payload + size, size];
}

/** Re-used for every varint: reading one allocates nothing. */
const cursor = { value: 0, next: 0 };

function readVarint(bytes: Uint8Array, start: number, end: number): { value: number; next: number } {
  let value = 0;
  let factor = 1;
  for (let at = start; at < end && at < start + 10; at++) {
    const byte = bytes[at]!;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) {
      cursor.value = value;
      cursor.next = at + 1;
      return cursor;
    }
    factor *= 128;
  }
  throw new WireError('a number does not end');
}

const utf8 = new TextDecoder('utf-8');

export function textOf({ bytes, start, end }: Span): string {
  return utf8.decode(bytes.subarray(start, end));
}

/** All signed 64-bit integers of a packed or single varint payload. */
export function integersOf({ bytes, start, end }: Span): bigint[] {
  const values: bigint[] = [];
  let at = start;
  while (at < end) {
    let value = 0n;
    let shift = 0n;
    let byte: number;
    do {
      if (at >= end || shift > 63n) throw new WireError('a number does not end');
      byte = bytes[at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
    } while (byte >= 0x80);
    values.push(BigInt.asIntN(64, value));
  }
  return values;
}

/** One field for a message that is written. */
export function writeField(field: number, payload: Uint8Array | string | number): Uint8Array {
  if (typeof payload === 'number') return Uint8Array.of(...varintBytes(field * 8), ...varintBytes(payload));
  const body = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
  return joinBytes([
    Uint8Array.from([...varintBytes(field * 8 + lengthDelimited), ...varintBytes(body.length)]),
    body,
  ]);
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function varintBytes(number: number): number[] {
  const bytes: number[] = [];
  let rest = number;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}
