import { join } from 'node:path';
import type { ServedVersion } from '../fleet.ts';
import type { AnswerEvent } from '../observer.ts';
import type { BufferLimits } from './answer-journal.ts';
import { AnswerJournal } from './answer-journal.ts';
import type { LogCounters, TellTrouble } from './counters.ts';
import { reasonOf } from './counters.ts';
import { Deliverer } from './deliverer.ts';
import type { VersionLines } from './entry.ts';
import { entryOf } from './entry.ts';
import { LabelJournal } from './label-journal.ts';
import { recoverSegments } from './recover.ts';
import { endWriter, newWriter } from './segment-name.ts';
import { SegmentWriter } from './segment-writer.ts';
import type { LogSettings } from './settings.ts';
import type { Sink } from './sink.ts';
import { noVersionLines, versionLines } from './version-lines.ts';

export interface ModelLogOptions {
  readonly model: string;
  readonly settings: LogSettings;
  readonly buffer: BufferLimits;
  /** Bytes of complete segments that may wait for a sink. */
  readonly spoolBytes: number;
  readonly sink: Sink;
  readonly counters: LogCounters;
  readonly trouble: TellTrouble;
  readonly now: () => number;
  readonly random: () => number;
  /** How long the end may wait for a sink, in milliseconds. */
  readonly endMs: number;
}

/** Segments of other hosts are taken over when nobody wrote to them for this long beyond their time. */
const staleMs = 15 * 60_000;
const rescanMs = 60_000;
const dayMs = 24 * 60 * 60_000;

/** The log of one model in one process, from an answer to a segment in its place. Disposing writes and delivers what is there. */
export class ModelLog implements AsyncDisposable {
  readonly answers: AnswerJournal;
  readonly labels: LabelJournal;
  readonly #options: ModelLogOptions;
  readonly #writer = newWriter();
  /** Takes over what others left. */
  readonly #adopter = newWriter();
  #adopted = 0;
  readonly #segments: readonly [SegmentWriter, SegmentWriter];
  readonly #deliverer: Deliverer;
  readonly #lines = new WeakMap<object, VersionLines>();
  readonly #noVersion: VersionLines;
  readonly #rescan: NodeJS.Timeout;
  #recovering: Promise<void>;

  constructor(options: ModelLogOptions) {
    this.#options = options;
    const { model, settings, sink, counters, trouble, now, random, buffer, spoolBytes } = options;
    this.#noVersion = noVersionLines(model);
    const { folder } = settings.target;
    this.#deliverer = new Deliverer({ model, root: folder, sink, counters, trouble, random });
    const segmentsIn = (kind: 'answers' | 'labels'): SegmentWriter =>
      new SegmentWriter({
        folder: join(folder, model, kind === 'labels' ? 'feedback' : ''),
        // Receivers of events get lines.
        isGathered: kind === 'answers' && settings.target.kind !== 'http',
        writer: this.#writer,
        limits: settings.segments,
        now,
        sealed: (path, table) => this.#deliverer.add(path, table),
      });
    this.#segments = [segmentsIn('answers'), segmentsIn('labels')];
    const hasRoom = (): boolean =>
      settings.target.kind === 'file' || this.#deliverer.waitingBytes < spoolBytes;
    const shared = { model, counters, trouble, hasRoom };
    const { mode, whenLost } = settings;
    this.answers = new AnswerJournal({ ...shared, mode, whenLost, buffer, now, segments: this.#segments[0] });
    this.labels = new LabelJournal({ ...shared, segments: this.#segments[1] });
    this.#recovering = this.#recover();
    this.#rescan = setInterval(() => {
      const since = new Date(now() - 3 * dayMs).toISOString().slice(0, 10);
      this.#recovering = this.#recovering.then(() => this.#recover(since));
    }, rescanMs).unref();
  }

  answered(event: AnswerEvent): void {
    // A copy that a busy shadow did not take is counted, and is no answer to anybody.
    if (event.role === 'shadow' && event.failure?.code === 'serve-overloaded') return;
    this.answers.add(
      entryOf(event, event.version === undefined ? this.#noVersion : this.#linesOf(event.version)),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#rescan);
    await this.answers.flush();
    for (const segments of this.#segments) await segments[Symbol.asyncDispose]();
    await this.#recovering;
    const { counters, trouble, model, endMs } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, endMs);
    });
    await Promise.race([this.#deliverer.end(), tooLong]);
    clearTimeout(timer);
    if (counters.undelivered > 0)
      trouble({
        model,
        code: 'delivery-failed',
        message: `${counters.undelivered} segments wait in ${this.#options.settings.target.folder} for the next start`,
      });
    endWriter(this.#writer);
    endWriter(this.#adopter);
  }

  #linesOf(version: ServedVersion): VersionLines {
    const { manifest } = version.engine.servable;
    let lines = this.#lines.get(manifest);
    if (lines === undefined) {
      lines = versionLines(this.#options.model, version, this.#options.settings.privacy);
      this.#lines.set(manifest, lines);
    }
    return lines;
  }

  /** Takes over what dead processes left. */
  async #recover(since?: string): Promise<void> {
    const { model, settings, now, trouble } = this.#options;
    try {
      const paths = await recoverSegments({
        folder: join(settings.target.folder, model),
        adopter: this.#adopter,
        adopted: this.#adopted,
        isParquetDone: settings.target.kind === 'file',
        staleMs: settings.segments.ms + staleMs,
        now,
        ...(since === undefined ? {} : { since: since.replaceAll('-', '/') }),
      });
      this.#adopted += paths.length;
      for (const path of paths) this.#deliverer.add(path);
    } catch (error) {
      trouble({
        model,
        code: 'not-recovered',
        message: `Segments of ended processes stay: ${reasonOf(error)}`,
      });
    }
  }
}
