import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import type { ThriftStruct, ThriftValue } from './compact-protocol.ts';
import { kinds, readStruct, writeStruct } from './compact-protocol.ts';

/** Four bytes at both ends of a Parquet file. */
const magic = Buffer.from('PAR1');
const copySize = 4 * 2 ** 20;

/** Fields of the footer, by their numbers in parquet.thrift. */
const footerFields = { rows: 3, rowGroups: 4 } as const;
const groupFields = { columns: 1, fileOffset: 5, ordinal: 7 } as const;
const chunkFields = { fileOffset: 2, metadata: 3, offsetIndex: 4, columnIndex: 6 } as const;
const chunkMetadataOffsets = [9, 10, 11, 14] as const;

/**
 * Joins Parquet files of one schema into one: the bytes of their row groups are copied as they are, one file after the
 * other, and one footer says where they are now. Schema and metadata are those of the first file.
 *
 * @see https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
 */
export async function joinParquetFiles(parts: readonly string[], output: string): Promise<void> {
  await using out = await open(output, 'w');
  await out.write(magic);
  let at = magic.length;
  let footer: ThriftStruct | undefined;
  let rows = 0n;
  const groups: ThriftValue[] = [];
  for (const path of parts) {
    await using part = await open(path);
    const { size } = await part.stat();
    const { structure, start } = await readFooter(part, size, path);
    footer ??= structure;
    rows += integer(structure, footerFields.rows);
    for (const group of items(structure, footerFields.rowGroups)) {
      groups.push(moveGroup(asStruct(group), BigInt(at - magic.length), groups.length));
    }
    await copy(part, magic.length, start, out);
    at += start - magic.length;
  }
  if (footer === undefined) throw new Error('there are no files to join');
  const joined = withFields(footer, [
    [footerFields.rows, { type: 6, value: rows }],
    [footerFields.rowGroups, { type: kinds.list, element: kinds.struct, items: groups }],
  ]);
  const bytes = writeStruct(joined);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  await out.write(Buffer.concat([bytes, length, magic]));
  await out.sync();
}

async function readFooter(
  file: FileHandle,
  size: number,
  path: string,
): Promise<{ readonly structure: ThriftStruct; readonly start: number }> {
  const end = await read(file, size - 8, size);
  if (!end.subarray(4).equals(magic)) throw new Error(`${path} does not end as a Parquet file does`);
  const start = size - 8 - end.readUInt32LE(0);
  return { structure: readStruct(await read(file, start, size - 8)), start };
}

async function read(file: FileHandle, from: number, to: number): Promise<Buffer> {
  const buffer = Buffer.alloc(to - from);
  const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
  if (bytesRead !== buffer.length) throw new Error('a part was cut off while it was read');
  return buffer;
}

async function copy(from: FileHandle, start: number, end: number, to: FileHandle): Promise<void> {
  for (let at = start; at < end; at += copySize)
    await to.write(await read(from, at, Math.min(at + copySize, end)));
}

function moveGroup(group: ThriftStruct, by: bigint, ordinal: number): ThriftStruct {
  const columns = items(group, groupFields.columns).map((column) => moveColumn(asStruct(column), by));
  return withFields(moved(group, [groupFields.fileOffset], by), [
    [groupFields.columns, { type: kinds.list, element: kinds.struct, items: columns }],
    // Counted in 16 bits; who has more row groups says nothing.
    ...(group.fields.has(groupFields.ordinal) && ordinal < 2 ** 15
      ? [[groupFields.ordinal, { type: 4, value: BigInt(ordinal) }] as const]
      : []),
  ]);
}

function moveColumn(column: ThriftStruct, by: bigint): ThriftStruct {
  const { fileOffset, metadata, offsetIndex, columnIndex } = chunkFields;
  const result = moved(column, [fileOffset, offsetIndex, columnIndex], by);
  const inner = column.fields.get(metadata);
  if (inner === undefined) return result;
  return withFields(result, [[metadata, moved(asStruct(inner), chunkMetadataOffsets, by)]]);
}

/** The same with offsets that are there further on; 0 stands for none. */
function moved(struct: ThriftStruct, fields: readonly number[], by: bigint): ThriftStruct {
  return withFields(
    struct,
    fields.flatMap((field) => {
      const value = struct.fields.get(field);
      if (value === undefined || !('value' in value) || typeof value.value !== 'bigint' || value.value === 0n)
        return [];
      return [[field, { ...value, value: value.value + by } as ThriftValue] as const];
    }),
  );
}

function withFields(struct: ThriftStruct, fields: readonly (readonly [number, ThriftValue])[]): ThriftStruct {
  const changed = new Map([...struct.fields, ...fields]);
  return { ...struct, fields: new Map([...changed].sort(([a], [b]) => a - b)) };
}

function items(struct: ThriftStruct, field: number): readonly ThriftValue[] {
  const value = struct.fields.get(field);
  return value !== undefined && 'items' in value ? value.items : [];
}

function integer(struct: ThriftStruct, field: number): bigint {
  const value = struct.fields.get(field);
  return value !== undefined && 'value' in value && typeof value.value === 'bigint' ? value.value : 0n;
}

function asStruct(value: ThriftValue): ThriftStruct {
  if (value.type !== kinds.struct) throw new TypeError('the footer has another form than it should');
  return value;
}
