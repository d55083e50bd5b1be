import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The programs that scripts/test-python.sh installs. Without them the suite fails. */
export function servicesPath(program: string): string {
  const folder = process.env['TRAINYARD_SERVICES'];
  if (folder === undefined)
    throw new Error('TRAINYARD_SERVICES is not set: start with `npm run test:python`');
  return join(folder, program);
}

export interface S3Server extends AsyncDisposable {
  readonly port: number;
  /** What points the S3 client to it. */
  readonly env: Readonly<Record<string, string>>;
  makeBucket(name: string): Promise<void>;
}

/** A real server that speaks S3 (moto), in memory, on loopback; `port` 0 takes one that is free. */
export async function startS3(port = 0): Promise<S3Server> {
  const script = fileURLToPath(new URL('s3_server.py', import.meta.url));
  const server = spawn(servicesPath('python'), [script, String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  const listening = await new Promise<number>((resolve, reject) => {
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const found = /http:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
    server.on('error', reject).on('exit', () => reject(new Error(`the S3 server ended: ${said}`)));
  });
  const url = `http://127.0.0.1:${listening}`;
  return {
    port: listening,
    env: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'testing',
      AWS_SECRET_ACCESS_KEY: 'testing',
    },
    makeBucket: async (name) => {
      const made = await fetch(`${url}/${name}`, { method: 'PUT' });
      if (!made.ok) throw new Error(`no bucket: ${made.status} ${await made.text()}`);
    },
    [Symbol.asyncDispose]: async () => {
      if (server.exitCode !== null || server.signalCode !== null) return;
      server.kill('SIGTERM');
      await once(server, 'exit');
    },
  };
}
