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

/** Lines that would carry a secret into the logs of CI. */
const withheld: ReadonlySet<string> = new Set(['pipeline-secret-value']);

/**
 * Failures for a terminal, each with its place, the line itself with the part that is meant underlined, and the
 * remedy; a sentence at the end says how many there are.
 */
export function renderDiagnostics(failures: readonly Failure[], options: DiagnosticsOptions): string {
  const lines = new LineReader(options.textOf);
  const blocks = failures.map((failure, i) =>
    block(isHelped(failure, failures[i + 1]) ? withoutRemedy(failure) : failure, lines, options),
  );
  return failures.length === 0 ? '' : `${blocks.join('\n')}\n${summary(failures, options.paint ?? plain)}`;
}

/** Of failures in a row that stand at no line and have one remedy, the last one says it. */
function isHelped({ code, remedy, place }: Failure, next: Failure | undefined): boolean {
  return place === undefined && next?.place === undefined && next?.code === code && next.remedy === remedy;
}

function withoutRemedy({ remedy: _, ...failure }: Failure): Failure {
  return failure;
}

/** One failure, ending with a line break. */
export function renderDiagnostic(failure: Failure, options: DiagnosticsOptions): string {
  return block(failure, new LineReader(options.textOf), options);
}

function block(failure: Failure, lines: LineReader, options: DiagnosticsOptions): string {
  const paint = options.paint ?? plain;
  const width = Math.max(40, options.width ?? 110);
  const { place } = failure;
  const number = place?.line === undefined ? '' : String(place.line);
  const margin = ' '.repeat(Math.max(1, number.length));
  const bar = paint('blue', '│');
  const label = `error[${failure.code}]: `;
  const message = wrap(phrase(failure.message), { width, indent: 2, taken: label.length });
  const out = [
    `${paint('red', paint('bold', 'error'))}${paint('dim', `[${failure.code}]`)}${paint('bold', `: ${message}`)}`,
  ];
  if (place !== undefined) out.push(`${margin} ${paint('blue', '╭─▸')} ${location(place)}`);
  const line = withheld.has(failure.code) ? undefined : lines.line(place);
  if (place !== undefined && line !== undefined) {
    const shown = shownLine(line, place.column ?? 1, place.length ?? 1, width - margin.length - 3);
    out.push(`${margin} ${bar}`, `${paint('blue', number)} ${bar} ${shown.text}`);
    if (place.column !== undefined) {
      out.push(`${margin} ${bar} ${' '.repeat(shown.indent)}${paint('red', '~'.repeat(shown.width))}`);
    }
  }
  if (failure.remedy !== undefined) {
    const corner = paint('blue', place === undefined ? '=' : '╰');
    const indent = margin.length + 9;
    const remedy = wrap(phrase(failure.remedy), { width, indent, taken: indent });
    out.push(`${margin} ${corner} ${paint('cyan', 'help')}: ${remedy}`);
  }
  return `${out.join('\n')}\n`;
}

/** Rooms write sentences with and without a capital and a full stop; side by side they should look alike. */
function phrase(text: string): string {
  const line = visible(text.replace(/\s*\n\s*/g, ' ')).trim();
  const small = /^[A-Z][a-z]* [a-z`"]/.test(line) ? line[0]!.toLowerCase() + line.slice(1) : line;
  return /[^.]\.$/.test(small) ? small.slice(0, -1) : small;
}

function location(place: Place): string {
  const file = visible(place.file);
  if (place.line === undefined) return file;
  return `${file}:${place.line}${place.column === undefined ? '' : `:${place.column}`}`;
}

function summary(failures: readonly Failure[], paint: Paint): string {
  const files = new Set(failures.flatMap((failure) => failure.place?.file ?? []));
  // Nobody made a mistake where the outside world did not answer.
  const word = failures.every(({ kind }) => kind === 'input' || kind === 'verdict') ? 'mistake' : 'failure';
  const mistakes = `${failures.length} ${word}${failures.length === 1 ? '' : 's'}`;
  const where =
    files.size === 0 ? '' : ` in ${files.size === 1 ? visible([...files][0]!) : `${files.size} files`}`;
  return `${paint('bold', mistakes + where)}\n`;
}

interface Wrapping {
  readonly width: number;
  /** Of every line but the first. */
  readonly indent: number;
  /** Columns of the first line that are taken. */
  readonly taken: number;
}

/** Breaks a text into lines at spaces. */
function wrap(text: string, { width, indent, taken }: Wrapping): string {
  const lines: string[] = [];
  let line = '';
  let used = taken;
  for (const word of text.split(' ')) {
    const room = widthOf(word) + (line === '' ? 0 : 1);
    if (line !== '' && used + room > width) {
      lines.push(line);
      line = word;
      used = indent + widthOf(word);
    } else {
      line = line === '' ? word : `${line} ${word}`;
      used += room;
    }
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
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
