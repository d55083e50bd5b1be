import { Worker } from 'node:worker_threads';
import { packageFile } from '../../base/index.ts';
import type { BoostMemory } from './boost-memory.ts';
import type { BoostScratch, Phase } from './boost-work.ts';
import { boostScratch, doTask } from './boost-work.ts';
import type { WorkerJob } from './worker-job.ts';

/** Places in `control`. Each thread has two more: whether it is ready, and the turn that it is called to. */
const phaseAt = 0;
const tasksAt = 1;
const nextAt = 2;
const busyAt = 3;
const brokenAt = 4;
const stoppedAt = 5;
const threadAt = 8;

/** Below this much work (rows times columns, about) it is not worth waking anyone. */
const worthWaking = 20_000;

/**
 * How often to look for the next call, or the last task's end, before sleeping: some 50 microseconds, in which most come.
 * A processor that sleeps is given away on machines that others use too, and comes back late.
 */
const looks = 30_000;

/** How long the threads of a phase may be silent before they are taken for dead, milliseconds. */
const patience = 600_000;

/** The calling thread and its helpers. Helpers take part from the first phase after they have started. */
export class BoostTeam {
  readonly #memory: BoostMemory;
  readonly #scratch: BoostScratch;
  readonly #workers: Worker[] = [];
  readonly #ended: Promise<void>[] = [];
  #turn = 0;
  #failure: unknown;

  constructor(memory: BoostMemory, threads: number) {
    this.#memory = memory;
    this.#scratch = boostScratch(memory);
    for (let helper = 0; helper < threads - 1; helper++) {
      const worker = new Worker(packageFile('dist/train/trees/tree-worker.js'), {
        workerData: { kind: 'boosting', memory, helper } satisfies WorkerJob,
      });
      worker.unref();
      worker.on('error', (error) => {
        this.#failure ??= error;
      });
      this.#ended.push(new Promise((resolve) => worker.on('exit', () => resolve())));
      this.#workers.push(worker);
    }
  }

  /** Does all tasks of a phase; `work` is about how many additions they are together. */
  run(phase: Phase, tasks: number, work: number): void {
    const { control } = this.#memory;
    control[phaseAt] = phase;
    control[tasksAt] = tasks;
    control[nextAt] = 0;
    const called = tasks > 1 && work >= worthWaking ? this.#call() : 0;
    takeTasks(this.#memory, this.#scratch);
    if (called > 0) this.#wait();
  }

  #call(): number {
    const { control } = this.#memory;
    const ready = this.#workers.flatMap((_, helper) =>
      Atomics.load(control, threadAt + 2 * helper) === 1 ? [threadAt + 2 * helper + 1] : [],
    );
    Atomics.store(control, busyAt, ready.length);
    this.#turn++;
    for (const at of ready) {
      Atomics.store(control, at, this.#turn);
      Atomics.notify(control, at);
    }
    return ready.length;
  }

  #wait(): void {
    const { control } = this.#memory;
    for (let look = 0; look < looks; look++) if (Atomics.load(control, busyAt) === 0) break;
    for (let waited = 0; waited < patience; waited += 1_000) {
      const busy = Atomics.load(control, busyAt);
      if (busy === 0) {
        if (Atomics.load(control, brokenAt) === 1) throw new Error('a training thread failed');
        return;
      }
      Atomics.wait(control, busyAt, busy, 1_000);
    }
    throw new Error('a training thread does not answer');
  }

  /** Ends the helpers, and throws when one of them had failed. */
  async close(): Promise<void> {
    const { control } = this.#memory;
    Atomics.store(control, stoppedAt, 1);
    this.#workers.forEach((worker, helper) => {
      worker.ref();
      Atomics.store(control, threadAt + 2 * helper + 1, -1);
      Atomics.notify(control, threadAt + 2 * helper + 1);
    });
    await Promise.all(this.#ended);
    if (this.#failure !== undefined) throw this.#failure;
  }
}

function takeTasks(memory: BoostMemory, scratch: BoostScratch): void {
  const { control } = memory;
  const phase = control[phaseAt] as Phase;
  const tasks = control[tasksAt]!;
  for (let task = Atomics.add(control, nextAt, 1); task < tasks; task = Atomics.add(control, nextAt, 1)) {
    doTask(memory, scratch, phase, task);
  }
}

/** The life of a helper: waits for its turn, takes tasks, until it is told to stop. */
export function serveBoosting(memory: BoostMemory, helper: number): void {
  const { control } = memory;
  const scratch = boostScratch(memory);
  const turnAt = threadAt + 2 * helper + 1;
  let seen = 0;
  Atomics.store(control, threadAt + 2 * helper, 1);
  while (Atomics.load(control, stoppedAt) === 0) {
    for (let look = 0; look < looks; look++) if (Atomics.load(control, turnAt) !== seen) break;
    Atomics.wait(control, turnAt, seen);
    const turn = Atomics.load(control, turnAt);
    if (turn === seen) continue;
    seen = turn;
    if (Atomics.load(control, stoppedAt) === 1) return;
    try {
      takeTasks(memory, scratch);
    } catch (error) {
      Atomics.store(control, brokenAt, 1);
      throw error;
    } finally {
      Atomics.sub(control, busyAt, 1);
      Atomics.notify(control, busyAt);
    }
  }
}
