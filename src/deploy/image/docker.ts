import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { Environment } from '../../store/index.ts';
import type { ImageFailure } from './failures.ts';
import { dockerFailed, dockerMissing } from './failures.ts';
import { layoutArchive } from './layout.ts';

/** Runs a command of the program `docker` on the PATH; its standard output. */
export async function runDocker(
  args: readonly string[],
  environment: Environment,
  input?: AsyncIterable<Uint8Array>,
): Promise<Result<string, ImageFailure>> {
  const child = spawn('docker', args, { env: environment as NodeJS.ProcessEnv, stdio: 'pipe' });
  const ended = new Promise<number | 'missing' | null>((resolve) => {
    child.on('error', () => resolve('missing'));
    child.on('close', resolve);
  });
  const texts = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    texts.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    texts.err += text;
  });
  child.stdin.on('error', () => undefined);
  if (input === undefined) child.stdin.end();
  // A program that is gone takes nothing more; how it ended says why.
  else await pipeline(Readable.from(input), child.stdin).catch(() => undefined);
  const code = await ended;
  if (code === 'missing') return failed(dockerMissing());
  if (code !== 0) return failed(dockerFailed(`\`docker ${args[0]}\``, texts.err || texts.out));
  return success(texts.out.trim());
}

/** Loads an image from its layout into Docker, under the name that it has there. */
export async function loadIntoDocker(
  layout: string,
  environment: Environment,
): Promise<Result<void, ImageFailure>> {
  const version = await runDocker(['version', '--format', '{{.Server.Version}}'], environment);
  if (!version.ok) return version;
  const loaded = await runDocker(['load', '--quiet'], environment, layoutArchive(layout));
  return loaded.ok ? success(undefined) : loaded;
}
