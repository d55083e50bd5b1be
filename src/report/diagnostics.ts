import type { Failure, Place } from '../base/index.ts';
import { shownLine } from './source-line.ts';
import { visible, widthOf } from './visible-text.ts';

/** Wraps a text in a style, or gives it back where there are no colours. */
export type Paint = (style: 'bold' | 'dim' | 'red' | 'cyan' | 'blue' | 'green', text: string) => string;

export interface DiagnosticsOptions {
  /** The text of a file by the name that failures give it; `undefined` when it cannot be shown. */
  readonly textOf: (file: string) => string | undefined;
  readonly paint?: Paint;
  /** Columns of the terminal. */
  readonly width?: number;
}

const plain: Paint = (_, text) => text;

/**
 * Failures for a terminal, each with its place, the line itself with the part that is meant underlined, and the
 * remedy; a sentence at the end says how many there are.
 */
export function renderDiagnostics(failures: readonly Failure[], options: DiagnosticsOptions): string {
  const lines = new LineReader(options.textOf);
  const blocks = failures.map((failure) => block(failure, lines, options));
  return failures.length === 0 ? '' : `${blocks.join('\n')}\n${summary(failures, options.paint ?? plain)}`;
}

/** One failure, ending with a line break. */
export function renderDiagnostic(failure: Failure, options: DiagnosticsOptions): string {
  return block(failure, new LineReader(options.textOf), options);
}

function block(failure: Failure, lines: LineReader, options: DiagnosticsOptions): string {
  const paint = options.paint ?? plain;
  const width = Math.max(40, options.width ?? 110);
  const place = failure.place;
  const number = place?.line === undefined ? '' : String(place.line);
  const margin = ' '.repeat(Math.max(1, number.length));
  const bar = paint('blue', '│');
  const head = `${paint('red', paint('bold', 'error'))}${paint('dim', `[${failure.code}]`)}`;
  const hanging = ' '.repeat(2);
  const message = wrap(
    visible(failure.message),
    width - 2 - widthOf(`error[${failure.code}]: `) / 4,
    hanging,
  );
  const out = [`${head}${paint('bold', `: ${message}`)}`];
  if (place !== undefined) out.push(`${margin}${paint('blue', '╭─▸')} ${location(place)}`);
  const line = lines.line(place);
  if (place?.line !== undefined && line !== undefined) {
    const shown = shownLine(line, place.column ?? 1, place.length ?? 1, width - margin.length - 4);
    out.push(`${margin} ${bar}`);
    out.push(`${paint('blue', number)} ${bar} ${shown.text}`);
    if (place.column !== undefined) {
      out.push(`${margin} ${bar} ${' '.repeat(shown.indent)}${paint('red', '~'.repeat(shown.width))}`);
    }
  }
  if (failure.remedy !== undefined) {
    const label = place === undefined ? `${margin} ${paint('blue', '=')}` : `${margin} ${paint('blue', '╰')}`;
    const remedy = wrap(visible(failure.remedy), width - margin.length - 9, ' '.repeat(margin.length + 9));
    out.push(`${label} ${paint('cyan', 'help')}: ${remedy}`);
  }
  return `${out.join('\n')}\n`;
}

function location(place: Place): string {
  const file = visible(place.file);
  if (place.line === undefined) return file;
  return `${file}:${place.line}${place.column === undefined ? '' : `:${place.column}`}`;
}

function summary(failures: readonly Failure[], paint: Paint): string {
  const files = new Set(failures.flatMap((failure) => failure.place?.file ?? []));
  const mistakes = `${failures.length} ${failures.length === 1 ? 'mistake' : 'mistakes'}`;
  const where =
    files.size === 0 ? '' : ` in ${files.size === 1 ? visible([...files][0]!) : `${files.size} files`}`;
  return `${paint('bold', mistakes + where)}\n`;
}

/** Breaks a text into lines at spaces. */
function wrap(text: string, width: number, hanging: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${hanging}`);
}

/** Lines of files, each file split once. */
class LineReader {
  readonly #textOf: DiagnosticsOptions['textOf'];
  readonly #files = new Map<string, readonly string[] | undefined>();

  constructor(textOf: DiagnosticsOptions['textOf']) {
    this.#textOf = textOf;
  }

  line(place: Place | undefined): string | undefined {
    if (place?.line === undefined) return undefined;
    if (!this.#files.has(place.file)) {
      this.#files.set(
        place.file,
        this.#textOf(place.file)
          ?.replace(/^\ufeff/, '')
          .split('\n'),
      );
    }
    return this.#files.get(place.file)?.[place.line - 1]?.replace(/\r$/, '');
  }
}
