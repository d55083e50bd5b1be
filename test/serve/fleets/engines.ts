import type { Result } from '../../../src/base/index.ts';
import { failed, success } from '../../../src/base/index.ts';
import type { Servable } from '../../../src/servable/index.ts';
import type { ServeFailure } from '../../../src/serve/failures.ts';
import { serveFailure } from '../../../src/serve/failures.ts';
import type { Answered, Engine } from '../../../src/serve/index.ts';

type Answer = Result<Answered, ServeFailure>;

/** An engine that answers when it is told to, and says what became of it. */
export class ToldEngine implements Engine {
  readonly servable = undefined as unknown as Servable;
  readonly asked: number[] = [];
  isDisposed = false;
  readonly #waiting: ((answer: Answer) => void)[] = [];
  readonly #isPatient: boolean;

  constructor({ answersLater = false }: { readonly answersLater?: boolean } = {}) {
    this.#isPatient = answersLater;
  }

  infer({ rows }: { readonly rows: number }): Promise<Answer> {
    if (this.isDisposed) throw new Error('asked after it was disposed');
    this.asked.push(rows);
    if (!this.#isPatient) return Promise.resolve(answer());
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Answers everything that waits. */
  answerAll(): void {
    for (const resolve of this.#waiting.splice(0)) resolve(answer());
  }

  failAll(): void {
    for (const resolve of this.#waiting.splice(0))
      resolve(failed(serveFailure('serve-model-failed', 'told to')));
  }

  load(): { readonly queuedRows: number; readonly queueLimit: number } {
    return { queuedRows: this.#waiting.length, queueLimit: 1 };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isDisposed) throw new Error('disposed twice');
    // As the real one: whoever waits is answered first.
    while (this.#waiting.length > 0) await new Promise((resolve) => setImmediate(resolve));
    this.isDisposed = true;
  }
}

function answer(): Answer {
  return success({ prediction: { task: 'regression', rows: 1, values: Float64Array.of(1) }, firstRow: 0 });
}
