/** A file of an image, or, without bytes, a folder. */
export interface TarEntry {
  /** From the root, without a slash at the start: `app/server.mjs`. */
  readonly path: string;
  readonly bytes?: Uint8Array;
}

const block = 512;

/**
 * A tar archive (POSIX ustar) that is a function of its entries: sorted by path, owned by root and readable for
 * everybody, all of one time. Folders on the way to a file are made.
 */
export function tarOf(entries: readonly TarEntry[], seconds: number): Buffer {
  const all = new Map<string, TarEntry>();
  for (const entry of entries) {
    const parts = entry.path.split('/');
    for (let i = 1; i < parts.length; i++) {
      const path = parts.slice(0, i).join('/');
      if (!all.has(path)) all.set(path, { path });
    }
    all.set(entry.path, entry);
  }
  const pieces: Buffer[] = [];
  for (const path of [...all.keys()].sort()) {
    const { bytes } = all.get(path)!;
    pieces.push(header(path, bytes?.length, seconds));
    if (bytes === undefined) continue;
    pieces.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    pieces.push(Buffer.alloc((block - (bytes.length % block)) % block));
  }
  pieces.push(Buffer.alloc(2 * block));
  return Buffer.concat(pieces);
}

/** The header of a file of so many bytes; of a folder without a size. */
export function header(path: string, size: number | undefined, seconds: number): Buffer {
  const isFolder = size === undefined;
  const full = isFolder ? `${path}/` : path;
  const [prefix, name] = splitPath(full);
  const bytes = Buffer.alloc(block);
  bytes.write(name, 0, 100, 'utf8');
  bytes.write(octal(isFolder ? 0o755 : 0o644, 7), 100);
  bytes.write(octal(0, 7), 108);
  bytes.write(octal(0, 7), 116);
  bytes.write(octal(size ?? 0, 11), 124);
  bytes.write(octal(seconds, 11), 136);
  bytes.fill(' ', 148, 156);
  bytes.write(isFolder ? '5' : '0', 156);
  bytes.write('ustar\x0000', 257, 'latin1');
  bytes.write(octal(0, 7), 329);
  bytes.write(octal(0, 7), 337);
  bytes.write(prefix, 345, 155, 'utf8');
  let sum = 0;
  for (const byte of bytes) sum += byte;
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}

function octal(value: number, digits: number): string {
  return `${value.toString(8).padStart(digits, '0')}\0`;
}

/** A path of up to 100 bytes, or of up to 255 that is cut at a slash. */
function splitPath(path: string): readonly [string, string] {
  if (Buffer.byteLength(path) <= 100) return ['', path];
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (name !== '' && Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(name) <= 100)
      return [prefix, name];
  }
  throw new Error(`${path} is too long for a tar archive`);
}
