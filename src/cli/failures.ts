import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Failure } from '../base/index.ts';
import { findRoot } from '../commands/index.ts';
import { renderDiagnostics } from '../report/index.ts';
import type { CommonOptions, Console } from './console.ts';
import { printJson } from './console.ts';
import { exitCodeOf } from './exit-code.ts';

/** Says what went wrong, and sets the exit code. With `--json` the failures are the result. */
export function fail(console: Console, options: CommonOptions, failures: readonly Failure[]): void {
  if (options.json === true) printJson(console, { failures: failures.map(withoutCause) });
  console.err(diagnostics(console, options, failures));
  console.exit(exitCodeOf(failures));
}

export function diagnostics(console: Console, options: CommonOptions, failures: readonly Failure[]): string {
  const root = findRoot(resolve(console.cwd, options.directory ?? '.'));
  return renderDiagnostics(failures, {
    textOf: (file) => textOf(resolve(root, file)),
    paint: console.errTerminal.colour,
    width: console.errTerminal.width,
  });
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** A cause is for the program that caught it; it may hold anything. */
export function withoutCause({ cause: _, ...failure }: Failure): Omit<Failure, 'cause'> {
  return failure;
}

/** What is wrong with the command line: said on standard error for people, given here to programs. */
export function usageFailure({
  code,
  message,
}: {
  readonly code: string;
  readonly message: string;
}): Failure {
  const isOurs = code.startsWith('commands-');
  return { code: isOurs ? code : 'cli-usage', kind: 'input', message: message.replace(/^error: /, '') };
}
