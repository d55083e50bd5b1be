#!/usr/bin/env node
import process from 'node:process';
import { CommanderError } from 'commander';
import { version } from '../base/index.ts';
import type { Console } from './console.ts';
import { printJson } from './console.ts';
import type { ExitCode } from './exit-code.ts';
import { buildProgram } from './program.ts';
import { terminalOf } from './terminal.ts';

const bugPage = 'https://github.com/trainyard/trainyard/issues';

async function main(): Promise<void> {
  const interruption = new AbortController();
  let interrupted = 0;
  const interrupt = (): void => {
    interrupted++;
    interruption.abort();
    if (interrupted > 1) process.exit(130);
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  for (const stream of [process.stdout, process.stderr]) {
    // A reader that went away (`trainyard runs list | head`) is no mistake of ours; the exit code still tells how it went.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') process.exit(70);
    });
  }
  const console: Console = {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    outTerminal: terminalOf(process.stdout, process.env),
    errTerminal: terminalOf(process.stderr, process.env),
    env: process.env,
    cwd: process.cwd(),
    signal: interruption.signal,
    exit: (code: ExitCode) => {
      process.exitCode = code;
    },
  };
  try {
    await buildProgram(console, version()).parseAsync(process.argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
      if (error.exitCode !== 0 && process.argv.includes('--json')) {
        const { usageFailure } = await import('./failures.ts');
        printJson(console, { failures: [usageFailure(error)] });
      }
      return;
    }
    console.err(
      `\nThis is a bug in trainyard, not in your work. Please report it with the text below: ${bugPage}\n`,
    );
    console.err(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 70;
  }
}

await main();
