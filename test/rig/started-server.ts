import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Readiness } from '../../src/serve/index.ts';
import type { Repository } from './repository.ts';

/** `trainyard serve` as a process of its own. Disposing ends it as an operator would, and waits. */
export class StartedServer implements AsyncDisposable {
  readonly url: string;
  readonly #child: ChildProcessWithoutNullStreams;
  #log: string;
  #code: number | null | undefined;

  private constructor(child: ChildProcessWithoutNullStreams, url: string, log: string) {
    this.#child = child;
    this.url = url;
    this.#log = log;
    child.stderr.on('data', (text) => {
      this.#log += String(text);
    });
    child.once('exit', (code) => {
      this.#code = code;
    });
  }

  /** Resolves when it says where it listens; rejects with what it said when it ends before. */
  static async start(repository: Repository, ...args: string[]): Promise<StartedServer> {
    const child = repository.start('serve', '--port', '0', ...args);
    let log = '';
    return await new Promise((resolve, reject) => {
      const listen = (text: unknown): void => {
        log += String(text);
        const url = /listens on (https?:\/\/[\w.:-]+)/.exec(log)?.[1];
        if (url === undefined) return;
        child.stderr.off('data', listen);
        resolve(new StartedServer(child, url, log));
      };
      child.stderr.on('data', listen);
      child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${log}`)));
    });
  }

  /** Everything that it said on standard error. */
  log(): string {
    return this.#log;
  }

  async readiness(): Promise<Readiness> {
    const response = await fetch(`${this.url}/health/ready`);
    return (await response.json()) as Readiness;
  }

  /** Ends it with a signal; its exit code. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.#code === undefined) {
      const ended = new Promise((resolve) => this.#child.once('exit', resolve));
      this.#child.kill(signal);
      await ended;
    }
    return this.#code ?? null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}

/** Asks again and again until the answer is right. */
export async function until<T>(
  ask: () => Promise<T> | T,
  isRight: (answer: T) => boolean,
  seconds = 30,
): Promise<T> {
  const end = performance.now() + 1000 * seconds;
  for (;;) {
    const answer = await ask();
    if (isRight(answer)) return answer;
    if (performance.now() > end)
      throw new Error(`not within ${seconds} s; the last: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
