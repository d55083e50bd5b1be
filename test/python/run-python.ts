import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** The interpreter of the virtual environment that scripts/test-python.sh makes. Without it the suite fails. */
export function pythonPath(): string {
  const path = process.env['TRAINYARD_PYTHON'];
  if (path === undefined) throw new Error('TRAINYARD_PYTHON is not set: start with `npm run test:python`');
  return path;
}

/** Runs a script of this folder with command-line arguments and `input` on its standard input, and gives its standard output. */
export async function runPython(
  script: string,
  input: string,
  parameters: readonly string[] = [],
): Promise<string> {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(pythonPath(), [file, ...parameters], { stdio: ['pipe', 'pipe', 'inherit'] });
  const done = new Promise<number | null>((resolve, reject) =>
    child.on('close', resolve).on('error', reject),
  );
  child.stdin.end(input);
  const output = await text(child.stdout);
  const code = await done;
  if (code !== 0) throw new Error(`${script} ended with ${code}`);
  return output;
}
