import type { LogCounters, TellTrouble } from './counters.ts';
import { reasonOf } from './counters.ts';
import type { LabelLine } from './line.ts';
import type { SegmentWriter } from './segment-writer.ts';

export interface LabelJournalOptions {
  readonly model: string;
  readonly segments: SegmentWriter;
  readonly counters: LogCounters;
  readonly trouble: TellTrouble;
  readonly hasRoom: () => boolean;
}

/** Of how many labels it is remembered that they came already. */
const remembered = 100_000;

/**
 * Writes labels, which are few and dear: whoever sent them hears of it when the disk has them. The same label a second time
 * is not written again as long as it is remembered; whoever reads takes equal labels for one anyway.
 */
export class LabelJournal {
  readonly #options: LabelJournalOptions;
  readonly #seen = new Map<string, string>();

  constructor(options: LabelJournalOptions) {
    this.#options = options;
  }

  /** Resolves with how many were new, when they are on the disk; `undefined` when they cannot be written. */
  async add(labels: readonly LabelLine[]): Promise<number | undefined> {
    const { segments, counters, trouble, model, hasRoom } = this.#options;
    const latest = this.#newOf(labels);
    const fresh = [...latest.values()];
    if (fresh.length === 0) return 0;
    if (!hasRoom()) {
      trouble({
        model,
        code: 'spool-full',
        message: 'Labels are refused: the folder that waits for the sink is full',
      });
      return undefined;
    }
    const text = fresh.map((line) => `${JSON.stringify(line)}\n`).join('');
    try {
      await segments.write(() => text, true);
    } catch (error) {
      trouble({ model, code: 'write-failed', message: `Labels cannot be written: ${reasonOf(error)}` });
      return undefined;
    }
    counters.labels += fresh.length;
    for (const [key, line] of latest) this.#remember(key, JSON.stringify(line.label));
    return fresh.length;
  }

  /** Labels that say something new, by what they are about; of several in one array for one row, the last. */
  #newOf(labels: readonly LabelLine[]): ReadonlyMap<string, LabelLine> {
    const latest = new Map(labels.map((line) => [`${line.row} ${line.request}`, line]));
    for (const [key, line] of latest) {
      if (this.#seen.get(key) === JSON.stringify(line.label)) latest.delete(key);
    }
    return latest;
  }

  #remember(key: string, label: string): void {
    this.#seen.delete(key);
    this.#seen.set(key, label);
    if (this.#seen.size > remembered) this.#seen.delete(this.#seen.keys().next().value!);
  }
}
