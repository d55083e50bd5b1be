/**
 * Apache Thrift's compact protocol, in which the footer of a Parquet file is written: read into values and written back
 * without any loss, whatever fields newer versions add.
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export type ThriftValue =
  | { readonly type: typeof kinds.true | typeof kinds.false }
  | { readonly type: typeof kinds.byte; readonly value: number }
  /** 16, 32 or 64 bits. */
  | { readonly type: 4 | 5 | 6; readonly value: bigint }
  | { readonly type: typeof kinds.double | typeof kinds.binary; readonly value: Uint8Array }
  | {
      readonly type: typeof kinds.list | typeof kinds.set;
      readonly element: number;
      readonly items: readonly ThriftValue[];
    }
  | ThriftStruct;

export interface ThriftStruct {
  readonly type: 12;
  /** By the number of the field, ascending. */
  readonly fields: ReadonlyMap<number, ThriftValue>;
}

export const kinds = {
  true: 1,
  false: 2,
  byte: 3,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  struct: 12,
} as const;

/** A struct from its bytes. Throws when they are none. */
export function readStruct(bytes: Uint8Array): ThriftStruct {
  let at = 0;
  const byte = (): number => {
    const value = bytes[at++];
    if (value === undefined) throw new RangeError('the structure is cut off');
    return value;
  };
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const next = byte();
      value |= BigInt(next & 0x7f) << shift;
      if (next < 0x80) return value;
    }
  };
  const zigzag = (): bigint => {
    const value = varint();
    return (value >> 1n) ^ -(value & 1n);
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new RangeError('the structure is cut off');
    at += length;
    return bytes.subarray(at - length, at);
  };
  const value = (type: number): ThriftValue => {
    switch (type) {
      case kinds.true:
      case kinds.false:
        return { type };
      case kinds.byte:
        return { type, value: byte() };
      case 4:
      case 5:
      case 6:
        return { type, value: zigzag() };
      case kinds.double:
        return { type, value: take(8) };
      case kinds.binary:
        return { type, value: take(Number(varint())) };
      case kinds.list:
      case kinds.set: {
        const head = byte();
        const size = head >> 4 === 15 ? Number(varint()) : head >> 4;
        const element = head & 15;
        const isBoolean = element === kinds.true || element === kinds.false;
        const items = Array.from({ length: size }, () => value(isBoolean ? byte() : element));
        return { type, element, items };
      }
      case kinds.struct:
        return struct();
      default:
        throw new TypeError(`type ${type} is none that Parquet uses`);
    }
  };
  const struct = (): ThriftStruct => {
    const fields = new Map<number, ThriftValue>();
    for (let last = 0; ; ) {
      const head = byte();
      if (head === 0) return { type: kinds.struct, fields };
      last = head >> 4 === 0 ? Number(zigzag()) : last + (head >> 4);
      fields.set(last, value(head & 15));
    }
  };
  return struct();
}

export function writeStruct(root: ThriftStruct): Uint8Array {
  const out: number[] = [];
  const varint = (value: bigint): void => {
    for (let rest = value; ; rest >>= 7n) {
      if (rest < 0x80n) {
        out.push(Number(rest));
        return;
      }
      out.push(Number(rest & 0x7fn) | 0x80);
    }
  };
  const zigzag = (value: bigint): void => varint(value < 0n ? -value * 2n - 1n : value * 2n);
  const put = (value: ThriftValue): void => {
    switch (value.type) {
      case kinds.true:
      case kinds.false:
        return;
      case kinds.byte:
        out.push(value.value);
        return;
      case 4:
      case 5:
      case 6:
        zigzag(value.value);
        return;
      case kinds.double:
      case kinds.binary:
        if (value.type === kinds.binary) varint(BigInt(value.value.length));
        for (const byte of value.value) out.push(byte);
        return;
      case kinds.list:
      case kinds.set: {
        const { length } = value.items;
        out.push(((length < 15 ? length : 15) << 4) | value.element);
        if (length >= 15) varint(BigInt(length));
        for (const item of value.items) {
          if (item.type === kinds.true || item.type === kinds.false) out.push(item.type);
          else put(item);
        }
        return;
      }
      default:
        struct(value);
    }
  };
  const struct = ({ fields }: ThriftStruct): void => {
    let last = 0;
    for (const [field, value] of fields) {
      const step = field - last;
      if (step > 0 && step <= 15) out.push((step << 4) | value.type);
      else {
        out.push(value.type);
        zigzag(BigInt(field));
      }
      last = field;
      put(value);
    }
    out.push(0);
  };
  struct(root);
  return Uint8Array.from(out);
}
