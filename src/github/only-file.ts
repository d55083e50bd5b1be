import { crc32 } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { GithubFailure } from './failures.ts';
import { artifactBroken, tooLarge } from './failures.ts';

export interface OnlyFile {
  readonly artifact: string;
  readonly file: string;
  readonly mostBytes: number;
}

/**
 * The one file of a ZIP. Refused: another name, a second entry, a folder, a link, encryption, a size or a checksum that
 * is not true, more bytes than are allowed (counted as they come out, whatever the headers say).
 */
export async function readOnlyFile(
  zip: Uint8Array,
  { artifact, file, mostBytes }: OnlyFile,
): Promise<Result<Uint8Array, GithubFailure>> {
  const broken = (why: string, cause?: unknown): Result<never, GithubFailure> =>
    failed(artifactBroken(artifact, why, cause));
  let opened: ZipFile | undefined;
  try {
    opened = await open(zip);
    if (opened.entryCount !== 1) return broken(`it holds ${opened.entryCount} entries, 1 is expected`);
    const entry = await onlyEntry(opened);
    if (entry === undefined) return broken('it holds no entry');
    if (entry.fileName !== file) return broken(`it does not hold the file ${file}`);
    if (isLink(entry)) return broken(`${file} is no plain file`);
    if (entry.isEncrypted()) return broken(`${file} is encrypted`);
    if (entry.uncompressedSize > mostBytes) {
      return failed(tooLarge(`the file ${file} of ${entry.uncompressedSize} bytes, ${mostBytes} at most,`));
    }
    const bytes = await unpacked(opened, entry, mostBytes);
    if (bytes === undefined) return failed(tooLarge(`the file ${file} of more than ${mostBytes} bytes`));
    if (crc32(bytes) !== entry.crc32) return broken(`the checksum of ${file} is another one`);
    return success(bytes);
  } catch (cause) {
    return broken((cause as Error).message, cause);
  } finally {
    opened?.close();
  }
}

async function open(zip: Uint8Array): Promise<ZipFile> {
  const { fromBuffer } = (await import('yauzl')).default;
  const bytes = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength);
  return await new Promise((resolve, reject) => {
    const options = { lazyEntries: true, autoClose: false, strictFileNames: true, validateEntrySizes: true };
    fromBuffer(bytes, options, (error, opened) => (error === null ? resolve(opened) : reject(error)));
  });
}

async function onlyEntry(zip: ZipFile): Promise<Entry | undefined> {
  return await new Promise((resolve, reject) => {
    zip.once('entry', resolve);
    zip.once('end', () => resolve(undefined));
    zip.once('error', reject);
    zip.readEntry();
  });
}

/** `undefined` as soon as there are more bytes than allowed. */
async function unpacked(zip: ZipFile, entry: Entry, mostBytes: number): Promise<Buffer | undefined> {
  const stream = await new Promise<AsyncIterable<Buffer>>((resolve, reject) => {
    zip.openReadStream(entry, (error, opened) => (error === null ? resolve(opened) : reject(error)));
  });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > mostBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Unix keeps the kind of a file in the upper half of the attributes. */
function isLink(entry: Entry): boolean {
  const kind = (entry.externalFileAttributes >>> 16) & 0o170000;
  return kind !== 0 && kind !== 0o100000;
}
