import { StringDecoder } from 'node:string_decoder';
import type { Mask } from './mask.ts';

export interface LinesOptions {
  readonly mask: Mask;
  /** Called with one line, without its end, masked and plain. */
  readonly onLine: (line: string) => void;
  /** Longer lines are cut here, in UTF-16 code units. */
  readonly limit?: number;
}

/** Turns the bytes of one output stream into lines for people. */
export interface Lines {
  write(bytes: Uint8Array): void;
  /** Gives out what has come of an unfinished line, except what may be the start of a secret. */
  flush(): void;
  /** The stream has ended. */
  end(): void;
}

const cutMark = ' … (line cut)';

/**
 * Colours and other escape sequences are taken away, and so are other control characters: the log is read in records,
 * pages and other people's terminals. A carriage return alone starts the line over, as progress bars use it.
 */
export function splitLines(options: LinesOptions): Lines {
  const { mask, onLine, limit = 16_384 } = options;
  const decoder = new StringDecoder('utf8');
  let pending = '';
  /** A part of the line was given out already. */
  let flushed = false;
  let overlong = false;

  const emit = (raw: string): void => {
    const text = mask.hide(plainText(raw));
    onLine(text.length > limit ? text.slice(0, limit) + cutMark : text);
  };
  const push = (text: string): void => {
    if (overlong) return;
    pending += text;
    // What follows a cut line is dropped as it comes, so that a line without end takes no memory.
    if (pending.length <= 4 * (limit + mask.longest)) return;
    const over = pending.lastIndexOf('\r', pending.length - 2);
    if (over === -1) overlong = true;
    else pending = pending.slice(over);
  };
  const finish = (): void => {
    if (pending !== '' || !flushed) emit(pending);
    pending = '';
    flushed = false;
    overlong = false;
  };
  const take = (text: string): void => {
    let start = 0;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', start)) {
      push(text.slice(start, at));
      finish();
      start = at + 1;
    }
    push(text.slice(start));
  };
  return {
    write: (bytes) => take(decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))),
    flush: () => {
      if (pending === '' || overlong) return;
      const text = plainText(pending);
      const held = mask.unfinished(text);
      const ready = text.slice(0, text.length - held);
      // An escape sequence may be cut in two: then wait for its end.
      if (ready === '' || unfinishedEscape.test(pending)) return;
      pending = held === 0 ? '' : text.slice(text.length - held);
      flushed = true;
      emit(ready);
    },
    end: () => {
      take(decoder.end());
      if (pending !== '') finish();
    },
  };
}

// CSI, OSC and the two-character escape sequences of ECMA-48; then what is left of C0 and C1 except the tab.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const escapes = /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const unfinishedEscape = /\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]*|[ -/]*)$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

/** One line as a terminal would show it, without colours. */
export function plainText(line: string): string {
  const shown = line.replace(/\r+$/, '');
  return shown
    .slice(shown.lastIndexOf('\r') + 1)
    .replace(escapes, '')
    .replace(controls, '');
}
