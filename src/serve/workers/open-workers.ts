import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';
import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { PlanOutcome } from '../fleet.ts';
import type { ProcessMetrics } from '../metrics/index.ts';
import { addRemains, gatherMetrics, remains, restartsMetric } from '../metrics/index.ts';
import { openEdge } from '../open-edge.ts';
import type { ServingPlan } from '../plan.ts';
import type { RunningServer } from '../running-server.ts';
import type { ServerConfig } from '../server-config.ts';
import { workerEnded } from './failures.ts';
import { restartPause } from './restart-pause.ts';
import { outcomeTogether, readinessTogether } from './together.ts';
import type { WorkerProcess } from './worker-process.ts';
import { forkWorker } from './worker-process.ts';

export interface WorkersOptions {
  /** Milliseconds that only go forward. */
  readonly clock: () => number;
  /** What the processes run. */
  readonly file: URL;
  readonly look: (() => Promise<void>) | undefined;
}

/**
 * Some processes that share a listening socket (node:cluster): this one starts again whoever dies, and sends everybody
 * every plan.
 */
export async function openWorkers(
  config: ServerConfig,
  { clock, file, look }: WorkersOptions,
): Promise<Result<RunningServer, Failure>> {
  const workers = new Set<WorkerProcess>();
  const pauses = new Set<NodeJS.Timeout>();
  let { plan } = config;
  let isStopping = false;
  let restarts = 0;
  let early = 0;
  let fallen: ProcessMetrics = [];
  // The processes read the access file on their own; what is to be told of it is told once, here.
  const edge = await openEdge(config.edge);
  if (!edge.ok) return failed(edge.failure[0]!);
  const { log } = edge.value;

  // The processes accept connections themselves. When the parent hands them out in turn, a connection that is on its way
  // to a process that dies or ends is answered by nobody and closed by nobody.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  cluster.setupPrimary({
    exec: fileURLToPath(file),
    args: [],
    serialization: 'advanced',
  });

  const readiness = () =>
    readinessTogether(
      [...workers].map((worker) => worker.readiness()),
      config.workers,
    );
  const changed = (): void => {
    const ready = [...workers].filter((worker) => worker.readiness()?.ready === true).length;
    for (const worker of workers) worker.tellGroup({ ready, wanted: config.workers });
  };
  /** When all end, they are let go together, and nobody takes connections that others would not answer any more. */
  const closing = (): void => {
    const waiting = [...workers].filter((worker) => worker.isClosing());
    if (!isStopping || waiting.length === workers.size) for (const worker of waiting) worker.release();
  };
  const scrape = async (): Promise<string> => {
    const all = await Promise.all([...workers].map((worker) => worker.measure()));
    return await gatherMetrics([
      ...all.flatMap((own) => (own === undefined ? [] : [own])),
      fallen,
      restartsMetric(restarts),
    ]);
  };

  const start = (): WorkerProcess => {
    const born = clock();
    const worker = forkWorker({ ...config, plan, workers: 1 }, { changed, closing, scrape, look });
    workers.add(worker);
    void worker.ended.then((how) => {
      workers.delete(worker);
      closing();
      fallen = addRemains(fallen, remains(worker.lastMetrics()));
      changed();
      if (isStopping) return;
      // Of one that never answered, whoever started it learns more than that.
      if (worker.readiness() !== undefined) {
        log({
          level: 'error',
          event: 'died',
          message: `A process of the server died (${how}); another one takes its place`,
        });
      }
      startAgain(clock() - born);
    });
    return worker;
  };

  const startAgain = (lived: number): void => {
    restarts++;
    const next = restartPause(early, lived);
    early = next.early;
    const timer = setTimeout(() => {
      pauses.delete(timer);
      const planThen = plan;
      const worker = start();
      void worker.started.then((said) => {
        // A plan that came while it started.
        if (said?.kind === 'started' && plan !== planThen) void worker.apply(plan);
      });
    }, next.pause);
    pauses.add(timer);
  };

  const apply = async (next: ServingPlan): Promise<PlanOutcome> => {
    plan = next;
    const started = [...workers].filter((worker) => worker.readiness() !== undefined);
    const all = await Promise.all(started.map((worker) => worker.apply(next)));
    return outcomeTogether(all.flatMap((applied) => applied?.outcome ?? []));
  };

  const stop = async (): Promise<void> => {
    isStopping = true;
    for (const timer of pauses) clearTimeout(timer);
    const all = [...workers];
    for (const worker of all) worker.stop();
    await Promise.all(all.map(({ ended }) => ended));
    await edge.value[Symbol.asyncDispose]();
  };

  const first = Array.from({ length: config.workers }, start);
  const said = await Promise.all(first.map(({ started }) => started));
  const outcomes: PlanOutcome[] = [];
  let url = '';
  for (const [i, message] of said.entries()) {
    if (message?.kind === 'started') {
      outcomes.push(message.outcome);
      url = message.url;
      continue;
    }
    const failure = message?.failure ?? workerEnded(await first[i]!.ended);
    await stop();
    return failed(failure);
  }
  return success({
    url,
    outcome: outcomeTogether(outcomes),
    readiness,
    apply,
    processes: () => [...workers].map(({ pid }) => pid),
    [Symbol.asyncDispose]: stop,
  });
}
