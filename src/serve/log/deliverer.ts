import { statSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { AnswerTable } from './answer-table.ts';
import type { LogCounters, TellTrouble } from './counters.ts';
import { reasonOf } from './counters.ts';
import { sealedEnding } from './segment-name.ts';
import type { SealedSegment, Sink } from './sink.ts';

export interface DelivererOptions {
  readonly model: string;
  /** Of the log. */
  readonly root: string;
  readonly sink: Sink;
  readonly counters: LogCounters;
  readonly trouble: TellTrouble;
  /** From 0 to 1: so that many processes do not knock at the same moment. */
  readonly random: () => number;
}

/** Tables of segments that wait; beyond them lines are read again. */
const tablesKept = 2;

const firstPauseMs = 500;
const longestPauseMs = 60_000;

/** Brings one complete segment after the other to the sink, and tries again for as long as it takes. */
export class Deliverer {
  readonly #options: DelivererOptions;
  readonly #queue: string[] = [];
  readonly #known = new Set<string>();
  #working: Promise<void> | undefined;
  #pause: { readonly end: () => void } | undefined;
  #failures = 0;
  #isEnding = false;
  /** Bytes of segments that wait. */
  #bytes = 0;
  readonly #sizes = new Map<string, number>();
  readonly #tables = new Map<string, AnswerTable>();

  constructor(options: DelivererOptions) {
    this.#options = options;
  }

  get waitingBytes(): number {
    return this.#bytes;
  }

  /** By its path without an ending, with what its lines say where that is known. */
  add(path: string, table?: AnswerTable): void {
    if (this.#known.has(path)) return;
    this.#known.add(path);
    const size = statSync(path + sealedEnding, { throwIfNoEntry: false })?.size ?? 0;
    this.#sizes.set(path, size);
    this.#bytes += size;
    this.#queue.push(path);
    if (table !== undefined && this.#tables.size < tablesKept) this.#tables.set(path, table);
    this.#options.counters.undelivered += 1;
    this.#working ??= this.#work();
  }

  /** Tries what waits once more, without pauses, and stops at the first failure: the rest is for the next start. */
  async end(): Promise<void> {
    this.#isEnding = true;
    this.#pause?.end();
    await this.#working;
  }

  async #work(): Promise<void> {
    while (this.#queue.length > 0) {
      const path = this.#queue[0]!;
      if (await this.#deliver(path)) this.#done(path);
      else if (this.#isEnding) break;
      else await this.#rest();
    }
    this.#working = undefined;
  }

  #done(path: string): void {
    this.#queue.shift();
    this.#known.delete(path);
    this.#bytes -= this.#sizes.get(path) ?? 0;
    this.#sizes.delete(path);
    this.#options.counters.undelivered -= 1;
    this.#failures = 0;
  }

  async #deliver(path: string): Promise<boolean> {
    const { sink, counters, trouble, model, root } = this.#options;
    const table = this.#tables.get(path);
    this.#tables.delete(path);
    const segment: SealedSegment = {
      path,
      relative: relative(root, path).split(sep).join('/'),
      ...(table === undefined ? {} : { table }),
    };
    let because: string;
    try {
      const delivered = await sink.deliver(segment);
      if (delivered.ok) {
        counters.delivered += 1;
        const { rejected } = delivered.value;
        counters.dropped.rejected += rejected;
        if (rejected > 0)
          trouble({
            model,
            code: 'rejected',
            message: `The sink refuses ${rejected} lines of ${segment.relative}`,
          });
        return true;
      }
      because = delivered.failure.message;
    } catch (error) {
      because = reasonOf(error);
    }
    counters.deliveryFailures += 1;
    this.#failures += 1;
    trouble({ model, code: 'delivery-failed', message: `${segment.relative} waits: ${because}` });
    return false;
  }

  async #rest(): Promise<void> {
    const longest = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(this.#failures, 20));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, longest * (0.5 + 0.5 * this.#options.random())).unref();
      const end = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#pause = { end };
    });
    this.#pause = undefined;
  }
}
