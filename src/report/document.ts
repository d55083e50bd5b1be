/**
 * A report before it is text: what terminals and Markdown have in common. Texts may come from anywhere (names of
 * branches, reasons, values of data): renderers make them harmless.
 */
export type Block = Paragraph | Heading | TableBlock | ListBlock | FenceBlock | DetailsBlock;

/** A line of text; wrapped where a terminal is narrow. */
export interface Paragraph {
  readonly kind: 'paragraph';
  readonly line: Line;
}

export interface Heading {
  readonly kind: 'heading';
  readonly text: string;
  /** In Markdown, 1 to 6; default 4. */
  readonly level?: number;
}

/** A text that stays as it is: a command, or a chart in a language that the reader's page draws. */
export interface FenceBlock {
  readonly kind: 'fence';
  readonly language: 'sh' | 'mermaid';
  readonly text: string;
}

/** What is shown when somebody asks for it. */
export interface DetailsBlock {
  readonly kind: 'details';
  readonly summary: string;
  readonly blocks: readonly Block[];
}

export interface TableBlock {
  readonly kind: 'table';
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly Line[])[];
  /** The row to look at first. */
  readonly marked?: number;
}

export interface TableColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Is cut first where the terminal is too narrow, down to so many columns. */
  readonly atLeast?: number;
}

/** An item that begins with two spaces belongs to the one before it. */
export interface ListBlock {
  readonly kind: 'list';
  readonly items: readonly Line[];
}

export type Line = readonly Span[];

export interface Span {
  readonly text: string;
  readonly tone?: Tone;
  /** An address that this program was given by whoever started it; never one that a report brings along. */
  readonly link?: string;
}

/** What a text is, not how it looks. */
export type Tone =
  | 'strong'
  | 'quiet'
  | 'good'
  | 'bad'
  | 'doubtful'
  /** What can be typed after a command: the id of a run. */
  | 'name'
  /** A word of the pipeline or of Trainyard: a step, a metric, a column. */
  | 'term';

export function span(text: string, tone?: Tone): Span {
  return tone === undefined ? { text } : { text, tone };
}

/** A line of texts and spans. */
export function line(...parts: readonly (string | Span)[]): Line {
  return parts.map((part) => (typeof part === 'string' ? { text: part } : part));
}

/** Lines one after the other, with a text between them. */
export function joined(lines: readonly Line[], between: string): Line {
  return lines.flatMap((each, i) => (i === 0 ? each : [{ text: between }, ...each]));
}
