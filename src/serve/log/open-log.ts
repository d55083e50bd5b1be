import type { Worker } from 'node:worker_threads';
import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { PredictionLogFile } from '../../pipeline/index.ts';
import { openObjects } from '../../store/index.ts';
import type { ServeFailure } from '../failures.ts';
import { serveFailure } from '../failures.ts';
import type { AnswerEvent, KeptEvents, Observer } from '../observer.ts';
import type { BufferLimits } from './answer-journal.ts';
import type { LogCounters, LogTrouble } from './counters.ts';
import { droppedLines, newCounters, rarely } from './counters.ts';
import { ModelLog } from './model-log.ts';
import type { Converter } from './parquet/converter.ts';
import { openConverter } from './parquet/converter.ts';
import type { SegmentLimits } from './segment-writer.ts';
import type { LogSettings } from './settings.ts';
import { makeSpool, readLogSettings } from './settings.ts';
import type { Sink } from './sink.ts';
import { fileSink } from './sinks/file.ts';
import { httpSink } from './sinks/http.ts';
import { s3Sink } from './sinks/s3.ts';
import type { TargetWorld } from './target.ts';

export interface PredictionLogOptions extends TargetWorld {
  /** What the plan says of a model, now. */
  readonly settingsOf: (model: string) => PredictionLogFile | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** What an operator has to know: lost lines, a sink that is away. */
  readonly trouble: (trouble: LogTrouble) => void;
  /** Starts a thread that runs `runLogThread`. */
  readonly thread: () => Worker;
  readonly buffer?: Partial<BufferLimits>;
  readonly segments?: Partial<SegmentLimits>;
  /** Default: 1 GiB a model. */
  readonly spoolBytes?: number;
  /** Default: 5 s. */
  readonly endMs?: number;
}

/** Keeps answers and labels for later. Disposing writes everything that came, and delivers what it can. */
export interface PredictionLog extends AsyncDisposable {
  readonly observer: Observer;
  /** Opens the logs of models before the first answer, and takes over what dead processes left; fails for what cannot be. */
  open(models: Iterable<string>): Promise<Result<void, readonly Failure[]>>;
  /** Of a model; `undefined` when it has no log. */
  of(model: string): ModelLog | undefined;
  /** Since the start of the process, by model. */
  counters(): ReadonlyMap<string, LogCounters>;
}

export const defaultBuffer: BufferLimits = { rows: 16_384, bytes: 64 * 2 ** 20, ms: 200 };

interface Opened {
  settings: PredictionLogFile;
  readonly text: string;
  /** Absent when it cannot be opened: then answers are dropped, and counted. */
  readonly log: ModelLog | undefined;
}

export function openPredictionLog(options: PredictionLogOptions): PredictionLog {
  const { settingsOf, now } = options;
  const opened = new Map<string, Opened>();
  const counters = new Map<string, LogCounters>();
  const ending = new Set<Promise<void>>();
  const trouble = rarely(options.trouble, now);
  const converter = openConverter(options.thread);

  const end = (log: ModelLog): void => {
    const ended = log[Symbol.asyncDispose]().finally(() => ending.delete(ended));
    ending.add(ended);
  };
  const countersOf = (model: string): LogCounters => {
    const known = counters.get(model) ?? newCounters();
    counters.set(model, known);
    return known;
  };
  /** A plan may change while the server runs: then the old log ends, and another one begins. */
  const logOf = (model: string): ModelLog | undefined => {
    const settings = settingsOf(model);
    const known = opened.get(model);
    if (settings === known?.settings) return known?.log;
    const text = JSON.stringify(settings);
    if (known !== undefined && text === known.text) {
      if (settings !== undefined) known.settings = settings;
      return known.log;
    }
    opened.delete(model);
    if (known?.log !== undefined) end(known.log);
    if (settings === undefined) return undefined;
    const read = readLogSettings(model, settings, options);
    const log = read.ok ? openModelLog(model, read.value) : undefined;
    if (!read.ok) trouble({ model, code: 'write-failed', message: read.failure.message });
    opened.set(model, { settings, text, log });
    return log;
  };
  /** A log that cannot be opened loses everything; whoever wants no answer without its record gets none. */
  const lost = (model: string): ServeFailure | undefined => {
    const settings = opened.get(model)?.settings;
    const isStrict = settings?.mode === 'sync' && settings['when-lost'] === 'refuse';
    return isStrict
      ? serveFailure('serve-log-unavailable', 'The prediction log cannot be opened', { retryAfter: 60 })
      : undefined;
  };
  const openModelLog = (model: string, settings: LogSettings): ModelLog =>
    new ModelLog({
      model,
      settings: { ...settings, segments: { ...settings.segments, ...options.segments } },
      buffer: { ...defaultBuffer, ...options.buffer },
      spoolBytes: options.spoolBytes ?? 2 ** 30,
      sink: sinkOf(model, settings, converter, { ...options, trouble }),
      counters: countersOf(model),
      trouble,
      now,
      random: options.random,
      endMs: options.endMs ?? 5000,
    });

  const observer: Observer = {
    answered: (event: AnswerEvent) => {
      const log = logOf(event.model);
      if (log !== undefined) log.answered(event);
      else if (opened.has(event.model))
        countersOf(event.model).dropped['write-failed'] +=
          event.failure === undefined ? event.rows.length : 1;
    },
    settled: (event) => {
      const log = logOf(event.model);
      if (log !== undefined) return log.answers.settled();
      return opened.has(event.model) ? Promise.resolve(lost(event.model)) : undefined;
    },
    kept: () => keptOf(counters.values()),
  };
  return {
    observer,
    of: logOf,
    counters: () => counters,
    open: async (models) => {
      const failures: Failure[] = [];
      for (const model of models) {
        const settings = settingsOf(model);
        if (settings === undefined) continue;
        const read = readLogSettings(model, settings, options);
        const made = read.ok ? await makeSpool(read.value.target) : read;
        if (made.ok) logOf(model);
        else {
          failures.push(made.failure);
          trouble({ model, code: 'write-failed', message: made.failure.message });
          opened.set(model, { settings, text: JSON.stringify(settings), log: undefined });
        }
      }
      return failures.length === 0 ? success(undefined) : failed(failures);
    },
    [Symbol.asyncDispose]: async () => {
      for (const { log } of opened.values()) if (log !== undefined) end(log);
      opened.clear();
      await Promise.all(ending);
      await converter[Symbol.asyncDispose]();
    },
  };
}

function sinkOf(
  model: string,
  { target }: LogSettings,
  converter: Converter,
  { env, root, trouble }: Pick<PredictionLogOptions, 'env' | 'root' | 'trouble'>,
): Sink {
  switch (target.kind) {
    case 'file':
      return fileSink(model, converter, trouble);
    case 's3':
      return lateSink(async () => {
        const objects = await openObjects(target.url, { root, env });
        return objects.ok ? success(s3Sink(model, objects.value, converter, trouble)) : objects;
      });
    case 'http': {
      const authorization = env['TRAINYARD_LOG_AUTHORIZATION'];
      return httpSink({ url: target.url, ...(authorization ? { authorization } : {}) });
    }
  }
}

/** Opened with the first segment, so that no server waits for the SDK when it starts. */
function lateSink(open: () => Promise<Result<Sink, Failure>>): Sink {
  let sink: Sink | undefined;
  return {
    deliver: async (segment) => {
      if (sink === undefined) {
        const opened = await open();
        if (!opened.ok) return opened;
        sink = opened.value;
      }
      return await sink.deliver(segment);
    },
  };
}

function keptOf(all: Iterable<LogCounters>): KeptEvents {
  let [written, dropped, waiting] = [0, 0, 0];
  for (const counters of all) {
    written += counters.written;
    dropped += droppedLines(counters);
    waiting += counters.waiting;
  }
  return { written, dropped, waiting };
}
