import type { Json } from '../base/index.ts';
import type { ExitCode } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

/** How a verb speaks: prose to standard error, results to standard output, and one exit code. */
export interface Console {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Of standard output. */
  readonly outTerminal: Terminal;
  /** Of standard error. */
  readonly errTerminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly signal: AbortSignal;
  exit(code: ExitCode): void;
}

/** Options that every verb has. */
export interface CommonOptions {
  readonly directory?: string;
  readonly json?: boolean;
}

export function printJson(console: Console, value: unknown): void {
  console.out(`${JSON.stringify(value as Json, null, 2)}\n`);
}
