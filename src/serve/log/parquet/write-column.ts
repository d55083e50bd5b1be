import type { ParquetWriter, Writer } from 'hyparquet-writer';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import type { Cells } from './cells.ts';
import { physical } from './columns.ts';
import type { ColumnGroup, EncodedColumn, EncodedDictionary } from './encode-column.ts';
import { encodeColumn } from './encode-column.ts';

export type ColumnChunk = ParquetWriter['row_groups'][number]['columns'][number];
type ColumnFacts = NonNullable<ColumnChunk['meta_data']>;

/**
 * Writes a column chunk behind what was written so far, as one data page of version 2:
 * https://parquet.apache.org/docs/file-format/data-pages/. The writer's own `write` takes structs and values one by one and
 * finds out what repeats in them; columns know that already, which costs a fraction. Its parts write levels, headers and the
 * end of the file.
 */
export function writeColumn(writer: ParquetWriter, column: ColumnGroup): ColumnChunk {
  const { leaf } = column;
  const out = writer.writer;
  const encoded = encodeColumn(column);
  // Measured numbers hardly repeat: trying to compress them takes longer than all the rest, for a few bytes in a hundred.
  const codec = encoded.dictionary === undefined && leaf.type === 'number' ? 'UNCOMPRESSED' : writer.codec;
  const compress = codec === 'UNCOMPRESSED' ? asItIs : writer.compressors[codec as 'SNAPPY'];
  const start = out.offset;
  let uncompressed = 0;
  if (encoded.dictionary !== undefined) uncompressed += writeDictionary(out, encoded.dictionary, compress);
  const dataAt = out.offset;
  uncompressed += writeData(out, encoded, compress);
  const facts: ColumnFacts = {
    type: physical[leaf.type].type,
    encodings: encoded.dictionary === undefined ? ['PLAIN', 'RLE'] : ['PLAIN', 'RLE', 'RLE_DICTIONARY'],
    path_in_schema: [...leaf.path],
    codec,
    num_values: BigInt(encoded.rows),
    total_uncompressed_size: BigInt(uncompressed),
    total_compressed_size: BigInt(out.offset - start),
    data_page_offset: BigInt(dataAt),
    ...(encoded.dictionary === undefined ? {} : { dictionary_page_offset: BigInt(start) }),
    ...(leaf.hasBounds === true ? boundsOf(column.cells, encoded.missing) : {}),
  };
  return { file_offset: BigInt(start), meta_data: facts };
}

type Compress = (bytes: Uint8Array) => Uint8Array;

const asItIs: Compress = (bytes) => bytes;

/** Gives the size that it has uncompressed, as `writeData` does. */
function writeDictionary(out: Writer, { bytes, count }: EncodedDictionary, compress: Compress): number {
  const start = out.offset;
  const compressed = compress(bytes);
  writePageHeader(out, {
    type: 'DICTIONARY_PAGE',
    uncompressed_page_size: bytes.length,
    compressed_page_size: compressed.length,
    dictionary_page_header: { num_values: count, encoding: 'PLAIN' },
  });
  const header = out.offset - start;
  out.appendBytes(compressed);
  return header + bytes.length;
}

/** Levels are never compressed. */
function writeData(out: Writer, encoded: EncodedColumn, compress: Compress): number {
  const start = out.offset;
  const { rows, missing, levels, dictionary, values } = encoded;
  const compressed = compress(values);
  writePageHeader(out, {
    type: 'DATA_PAGE_V2',
    uncompressed_page_size: levels.length + values.length,
    compressed_page_size: levels.length + compressed.length,
    data_page_header_v2: {
      num_values: rows,
      num_nulls: missing,
      num_rows: rows,
      encoding: dictionary === undefined ? 'PLAIN' : 'RLE_DICTIONARY',
      definition_levels_byte_length: levels.length,
      repetition_levels_byte_length: 0,
      is_compressed: compress !== asItIs,
    },
  });
  const header = out.offset - start;
  out.appendBytes(levels);
  out.appendBytes(compressed);
  return header + levels.length + values.length;
}

/** Of moments. */
function boundsOf(cells: Cells, missing: number): Pick<ColumnFacts, 'statistics'> {
  if (cells.kind !== 'numbers') return {};
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of cells.values) {
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  if (lowest > highest) return {};
  const micros = (value: number): bigint => BigInt(value) * 1000n;
  return {
    statistics: { min_value: micros(lowest), max_value: micros(highest), null_count: BigInt(missing) },
  };
}
