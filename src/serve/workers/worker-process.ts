import type { Worker } from 'node:cluster';
import cluster from 'node:cluster';
import type { Readiness } from '../fleet.ts';
import type { ProcessMetrics } from '../metrics/index.ts';
import type { ServingPlan } from '../plan.ts';
import type { ServerConfig } from '../server-config.ts';
import { openCalls } from './calls.ts';
import type { Applied, FromWorker, Group, Started, ToWorker } from './messages.ts';

/** Milliseconds in which a process has to load a plan. */
const applyTime = 300_000;
/** Milliseconds in which a process has to tell its metrics; one that is busy for longer is left out. */
const measureTime = 2000;

/** The parent's side of a process that answers. */
export interface WorkerProcess {
  readonly pid: number;
  /** What it said first; `undefined` when it ended before. */
  readonly started: Promise<Started | undefined>;
  /** How it ended, in words. */
  readonly ended: Promise<string>;
  /** Absent until it has loaded its first plan. */
  readiness(): Readiness | undefined;
  apply(plan: ServingPlan): Promise<Applied | undefined>;
  measure(): Promise<ProcessMetrics | undefined>;
  /** What it told last. */
  lastMetrics(): ProcessMetrics;
  tellGroup(group: Group): void;
  /** It answers what it has, and ends. */
  stop(): void;
  /** It waits to be let go. */
  isClosing(): boolean;
  /** Lets go of it and its listening socket: with the last process, this one holds the socket no more. */
  release(): void;
}

export interface WorkerEvents {
  /** Its readiness may be another one. */
  readonly changed: () => void;
  /** It is about to take no more connections. */
  readonly closing: () => void;
  /** The metrics of all. */
  readonly scrape: () => Promise<string>;
  /** Absent: nobody can look what is to be served. */
  readonly look: (() => Promise<void>) | undefined;
}

export function forkWorker(config: ServerConfig, events: WorkerEvents): WorkerProcess {
  let worker: Worker;
  try {
    worker = cluster.fork({ TRAINYARD_SERVER_ROLE: 'worker' });
  } catch (error) {
    return unborn(error);
  }
  const applied = openCalls<Applied>();
  const measured = openCalls<ProcessMetrics>();
  let readiness: Readiness | undefined;
  let metrics: ProcessMetrics = [];
  let isClosing = false;
  const tell = (message: ToWorker): void => {
    if (worker.isConnected()) worker.send(message, () => undefined);
  };

  const ended = new Promise<string>((resolve) => {
    const end = (how: string): void => {
      applied.end();
      measured.end();
      resolve(how);
    };
    worker.on('error', (error) => {
      // One that was never born has no exit. Other errors are of the channel, and the exit tells more.
      if (worker.process.pid === undefined) end(error.message);
    });
    worker.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
  });
  const started = new Promise<Started | undefined>((resolve) => {
    void ended.then(() => resolve(undefined));
    worker.on('message', (message: FromWorker) => {
      switch (message.kind) {
        case 'here':
          return tell({ kind: 'start', config, canLook: events.look !== undefined });
        case 'started':
          readiness = message.readiness;
          resolve(message);
          return events.changed();
        case 'failed':
          return resolve(message);
        case 'applied':
          readiness = message.readiness;
          applied.answer(message.call, message);
          return events.changed();
        case 'measured':
          metrics = message.metrics;
          return measured.answer(message.call, message.metrics);
        case 'scrape':
          // Who asked in vain is told nothing, and stops waiting; this process goes on.
          events.scrape().then(
            (text) => tell({ kind: 'scraped', call: message.call, text }),
            () => undefined,
          );
          return;
        case 'closing':
          isClosing = true;
          return events.closing();
        case 'look': {
          const looked = (): void => tell({ kind: 'looked', call: message.call });
          events.look?.().then(looked, looked);
        }
      }
    });
  });
  return {
    pid: worker.process.pid ?? 0,
    started,
    ended,
    readiness: () => readiness,
    apply: async (plan) =>
      worker.isConnected()
        ? await applied.ask((call) => tell({ kind: 'apply', call, plan }), applyTime)
        : undefined,
    measure: async () =>
      worker.isConnected()
        ? await measured.ask((call) => tell({ kind: 'measure', call }), measureTime)
        : undefined,
    lastMetrics: () => metrics,
    tellGroup: (group) => tell({ kind: 'group', group }),
    stop: () => tell({ kind: 'stop' }),
    isClosing: () => isClosing,
    release: () => {
      if (worker.isConnected()) worker.process.disconnect();
    },
  };
}

/** The system has no process left: this one ended before it began. */
function unborn(error: unknown): WorkerProcess {
  return {
    pid: 0,
    started: Promise.resolve(undefined),
    ended: Promise.resolve(error instanceof Error ? error.message : String(error)),
    readiness: () => undefined,
    apply: () => Promise.resolve(undefined),
    measure: () => Promise.resolve(undefined),
    lastMetrics: () => [],
    tellGroup: () => undefined,
    stop: () => undefined,
    isClosing: () => true,
    release: () => undefined,
  };
}
