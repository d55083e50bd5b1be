import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';

/** Lines of text that are gathered in memory until they are worth a write. */
export interface Spool extends AsyncDisposable {
  add(line: string): Promise<void>;
  /** Writes what is left, and closes the file. */
  end(): Promise<void>;
}

const enough = 256 * 1024;

/** A new file: that it exists already is an error. */
export async function openSpool(path: string): Promise<Spool> {
  const file = await open(path, 'wx');
  let waiting: string[] = [];
  let length = 0;
  let isOpen = true;
  const flush = async (): Promise<void> => {
    if (length > 0) await file.appendFile(waiting.join(''));
    waiting = [];
    length = 0;
  };
  const close = async (): Promise<void> => {
    if (isOpen) await file.close();
    isOpen = false;
  };
  return {
    add: async (line) => {
      waiting.push(line);
      length += line.length;
      if (length >= enough) await flush();
    },
    end: async () => {
      await flush();
      await close();
    },
    [Symbol.asyncDispose]: close,
  };
}

/** The lines of a file without their line feeds; no other character ends a line. */
export async function* linesOf(path: string): AsyncGenerator<string> {
  const file: FileHandle = await open(path);
  try {
    let rest = '';
    for await (const chunk of file.createReadStream({
      encoding: 'utf8',
      highWaterMark: enough,
      autoClose: false,
    })) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop()!;
      yield* lines;
    }
    if (rest !== '') yield rest;
  } finally {
    await file.close();
  }
}
