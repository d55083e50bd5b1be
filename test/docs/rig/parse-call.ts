import { CommanderError } from 'commander';
import type { Console } from '../../../src/cli/console.ts';
import { buildProgram } from '../../../src/cli/program.ts';

type Program = ReturnType<typeof buildProgram>;

/** What the command line says against these words: an unknown verb, an unknown option, a missing or wrong value. */
export async function mistakeIn(words: readonly string[]): Promise<string | undefined> {
  let said = '';
  const program = buildProgram(
    silent((text) => (said += text)),
    '0.0.0',
  );
  withoutActions(program);
  try {
    await program.parseAsync(words, { from: 'user' });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // A folder that a page tells of is not there.
    return error.exitCode === 0 || error.code === 'commands-folder-missing' ? undefined : said.trim();
  }
}

/** Every verb that can be called, as people write it: `runs list`. */
export function verbs(): ReadonlyMap<string, Program> {
  const found = new Map<string, Program>();
  const visit = (command: Program, name: string): void => {
    if (command.commands.length === 0) found.set(name, command);
    for (const each of command.commands) visit(each as Program, `${name} ${each.name()}`.trim());
  };
  visit(
    buildProgram(
      silent(() => undefined),
      '0.0.0',
    ),
    '',
  );
  return found;
}

function withoutActions(command: Program): void {
  if (command.commands.length === 0) command.action(() => undefined);
  for (const each of command.commands) withoutActions(each as Program);
}

function silent(write: (text: string) => void): Console {
  const terminal = { colors: false, columns: 100, interactive: false } as unknown as Console['outTerminal'];
  return {
    out: write,
    err: write,
    outTerminal: terminal,
    errTerminal: terminal,
    env: {},
    cwd: process.cwd(),
    signal: new AbortController().signal,
    exit: () => undefined,
  };
}
