import type { VitePress } from './find-vitepress.ts';
import { ended, startVitePress } from './run-vitepress.ts';

export interface PageServerOptions {
  readonly vitepress: VitePress;
  /** That it works in, laid out. */
  readonly work: string;
  /** The first one that is asked for; the next free one is taken. */
  readonly port: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Hears a line of what VitePress says once it serves. */
  readonly hear: (line: string) => void;
}

/**
 * VitePress while it serves pages. It reads its configuration when it starts, and is begun anew from here where that changed:
 * so one knows when nothing of the former one answers any more, and everything of the new one does.
 */
export class PageServer {
  /** Resolves when it ended by itself, with what it said last, or when somebody aborts. */
  readonly ended: Promise<string>;
  /** What it was configured with is another now: whoever knows ends it and starts it. */
  isOutdated = false;
  readonly #options: PageServerOptions;
  #tellEnd: (said: string) => void = () => undefined;
  #port: number | undefined;
  #running: { readonly stop: AbortController; readonly gone: Promise<void> } | undefined;

  constructor(options: PageServerOptions) {
    this.#options = options;
    this.ended = new Promise((resolve) => {
      this.#tellEnd = resolve;
    });
    options.signal.addEventListener('abort', () => this.#tellEnd('aborted'), { once: true });
  }

  /** That it answers at, from its first start on; each time the same one. */
  get port(): number | undefined {
    return this.#port;
  }

  /** Resolves once it answers, as it may already, or when it ended before. */
  async start(): Promise<void> {
    if (this.#running !== undefined) return;
    this.isOutdated = false;
    const { vitepress, work, port, env, signal, hear } = this.#options;
    const where = this.#port === undefined ? [`${port}`] : [`${this.#port}`, '--strictPort'];
    const args = ['dev', work, '--host', '127.0.0.1', '--port', ...where];
    const stop = new AbortController();
    let said = '';
    let isReady = false;
    await new Promise<void>((resolve) => {
      const child = startVitePress({ vitepress, args, env }, (text) => {
        said = `${said}${text}`.slice(-4000);
        const found = isReady ? undefined : /http:\/\/127\.0\.0\.1:(\d+)\//.exec(said)?.[1];
        if (found !== undefined) {
          isReady = true;
          this.#port = Number(found);
          resolve();
        } else if (isReady) {
          text.split('\n').forEach(hear);
        }
      });
      const whole = AbortSignal.any([signal, stop.signal]);
      const end = (why: string): void => {
        resolve();
        if (!stop.signal.aborted) this.#tellEnd(said.trim() || why);
      };
      const gone = ended(child, whole).then(
        (code) => end(`it ended with ${code}`),
        (error: Error) => end(error.message),
      );
      this.#running = { stop, gone };
    });
  }

  /** Ends it; resolves when nothing answers any more. */
  async end(): Promise<void> {
    this.#running?.stop.abort();
    await this.#running?.gone;
    this.#running = undefined;
  }
}
