import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { packageFile } from '../../../src/base/index.ts';

export interface Line {
  readonly event: string;
  readonly url?: string;
  readonly [member: string]: unknown;
}

/** A server in a process of its own, as in a container; disposing ends it and all that it started. */
export interface ServerUnderTest extends AsyncDisposable {
  readonly url: string;
  readonly child: ChildProcess;
  /** What it said first. */
  readonly first: Line;
  readonly exit: Promise<number | null>;
  /** Says something to it, and waits for what it says back. */
  tell(line: unknown): Promise<Line>;
  /** How many processes it has said to have lost, between what it said back. */
  died(): number;
}

/** Starts dist/serve/main.js, or another script, with settings; resolves at its first line. */
export async function startServerProcess(
  settings: Readonly<Record<string, string>>,
  script: URL = packageFile('dist/serve/main.js'),
): Promise<ServerUnderTest> {
  const child = spawn(process.execPath, [fileURLToPath(script)], {
    env: { PATH: process.env['PATH'], HOST: '127.0.0.1', PORT: '0', ...settings },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const lines = createInterface({ input: child.stderr! })[Symbol.asyncIterator]();
  const next = async (): Promise<Line> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`the server ended with ${await exit}`);
    try {
      return JSON.parse(value) as Line;
    } catch {
      throw new Error(value);
    }
  };
  const first = await next();
  let deaths = 0;
  return {
    url: first.url ?? '',
    child,
    first,
    exit,
    died: () => deaths,
    tell: async (line) => {
      child.stdin!.write(`${JSON.stringify(line)}\n`);
      for (;;) {
        const said = await next();
        if (said.event !== 'died') return said;
        deaths++;
      }
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
      await exit;
      clearTimeout(timer);
    },
  };
}

export interface Reply {
  readonly status: number;
  readonly text: string;
}

/** One request over a connection of its own, so that another process may get it. */
export function ask(
  url: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        agent: false,
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'content-type': 'application/json', ...headers },
      },
      (incoming) => {
        const parts: Buffer[] = [];
        incoming.on('data', (part: Buffer) => parts.push(part));
        incoming.on('error', reject);
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode ?? 0, text: Buffer.concat(parts).toString() }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.setTimeout(10_000, () => outgoing.destroy(new Error('no answer')));
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Asks until an answer is as wished; fails after some seconds. */
export async function until<T>(look: () => Promise<T>, isGood: (value: T) => boolean): Promise<T> {
  const end = performance.now() + 20_000;
  for (;;) {
    const value = await look().catch((error: unknown) => error as T);
    if (isGood(value)) return value;
    if (performance.now() > end) throw new Error(`it never came: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** The ids of the children of a process. */
export async function childrenOf(pid: number): Promise<readonly number[]> {
  const { readFile } = await import('node:fs/promises');
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

/** The value of a metric without labels, or the sum over all of them. */
export function metricOf(text: string, name: string): number {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
