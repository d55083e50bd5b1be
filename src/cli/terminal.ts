import { styleText } from 'node:util';

/** What the program can do on the stream it writes to. */
export interface Terminal {
  readonly isInteractive: boolean;
  readonly width: number;
  readonly colour: Colour;
}

/** Wraps text in a style, or leaves it as it is where colours are off. */
export type Colour = (style: Style, text: string) => string;

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'cyan' | 'magenta';

export interface StreamFacts {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/**
 * Colours are on for a terminal, off for a pipe; `NO_COLOR` (no-color.org) switches them off, `FORCE_COLOR` on. CI
 * logs scroll: there is no cursor to move, so progress is plain lines.
 */
export function terminalOf(stream: StreamFacts, env: Readonly<Record<string, string | undefined>>): Terminal {
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0';
  const refused = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  const colours = forced || (stream.isTTY === true && !refused);
  return {
    isInteractive: stream.isTTY === true && env['TERM'] !== 'dumb' && env['CI'] === undefined,
    width: Math.max(40, stream.columns ?? Number(env['COLUMNS'] ?? 110)),
    colour: colours ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text,
  };
}
