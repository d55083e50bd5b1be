import process from 'node:process';
import { Worker } from 'node:worker_threads';
import type { PredictionLogFile } from '../../pipeline/index.ts';
import type { Fleet } from '../fleet.ts';
import type { LogTrouble } from './counters.ts';
import type { PredictionLog } from './open-log.ts';
import { openPredictionLog } from './open-log.ts';
import type { ServerLogConfig } from './planned-log.ts';
import { logOverride } from './planned-log.ts';

/** The prediction log of one process of a server; `file` is what its threads run, in the role `log-thread`. */
export function openProcessLog(config: ServerLogConfig, fleet: Fleet, file: URL): PredictionLog {
  const override = logOverride(config);
  const latest = new Map<string, PredictionLogFile | undefined>();
  /** A model that is served no more still answers what it has. */
  const settingsOf = (model: string): PredictionLogFile | undefined => {
    const served = fleet.model(model);
    if (served === undefined) return latest.get(model);
    const settings = override(served.log);
    if (latest.get(model) !== settings) latest.set(model, settings);
    return settings;
  };
  return openPredictionLog({
    root: config.root ?? process.cwd(),
    env: process.env,
    settingsOf,
    now: () => Date.now(),
    random: () => Math.random(),
    trouble: say,
    thread: () =>
      new Worker(file, {
        workerData: { trainyardRole: 'log-thread' },
        // Lines of a segment live for a moment: a large nursery lets them die in it.
        resourceLimits: { maxYoungGenerationSizeMb: 64 },
      }),
  });
}

/** One line of JSON on stderr, as everything that a server says of itself. */
function say({ model, code, message }: LogTrouble): void {
  const line = { time: new Date().toISOString(), event: 'prediction-log', model, code, message };
  process.stderr.write(`${JSON.stringify(line)}\n`);
}
