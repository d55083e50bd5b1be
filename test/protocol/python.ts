import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** A program of the virtual environment that scripts/test-protocol.sh makes. Without it the suite fails. */
export function program(name: string): string {
  const folder = process.env['TRAINYARD_PROTOCOL'];
  if (folder === undefined)
    throw new Error('TRAINYARD_PROTOCOL is not set: start with `npm run test:protocol`');
  return join(folder, name);
}

export interface Ended {
  readonly code: number | null;
  /** Of standard output; standard error goes to ours. */
  readonly output: string;
}

/** Runs a program to its end. */
export async function run(
  name: string,
  parameters: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const child = spawn(program(name), parameters, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const done = new Promise<number | null>((resolve, reject) =>
    child.on('close', resolve).on('error', reject),
  );
  const output = await text(child.stdout);
  return { code: await done, output };
}
