import type { ServedModel } from '../fleet.ts';
import type { AnswerEvent, Observer } from '../observer.ts';

interface Duration {
  count: number;
  ns: number;
}

interface Counts {
  last: number;
  rows: number;
  executions: number;
  readonly success: Duration;
  readonly fail: Duration;
  /** Executions by their rows. */
  readonly batches: Map<number, number>;
  /** The last prediction that was counted. */
  seen: object | undefined;
}

/** Counts for the extension `statistics`: per model and version, of this process since it started. */
export interface Statistics {
  readonly observer: Observer;
  of(models: readonly ServedModel[], version?: string): unknown;
}

const none: Duration = { count: 0, ns: 0 };

export function countStatistics(): Statistics {
  const counts = new Map<string, Counts>();
  return {
    observer: { answered: (event) => add(counts, event) },
    of: (models, version) => ({
      model_stats: models.flatMap(({ name, versions }) =>
        [...versions.keys()]
          .filter((key) => version === undefined || version === key)
          .map((key) => statisticsOf(name, key, counts.get(`${name} ${key}`))),
      ),
    }),
  };
}

function add(counts: Map<string, Counts>, event: AnswerEvent): void {
  const { model, version, prediction, rows, time, latency } = event;
  if (version === undefined) return;
  const key = `${model} ${version.name}`;
  let of = counts.get(key);
  if (of === undefined) {
    of = {
      last: 0,
      rows: 0,
      executions: 0,
      success: { ...none },
      fail: { ...none },
      batches: new Map(),
      seen: undefined,
    };
    counts.set(key, of);
  }
  of.last = Math.floor(time);
  const duration = prediction === undefined ? of.fail : of.success;
  duration.count++;
  duration.ns += Math.round(latency * 1e6);
  if (prediction === undefined) return;
  of.rows += rows.length;
  // Requests that were answered together share one prediction, and come one after the other.
  if (of.seen === prediction) return;
  of.seen = prediction;
  of.executions++;
  of.batches.set(prediction.rows, (of.batches.get(prediction.rows) ?? 0) + 1);
}

/** Times of the parts of an answer are not taken; they are 0, as the extension has no word for "unknown". */
function statisticsOf(name: string, version: string, of: Counts | undefined): unknown {
  return {
    name,
    version,
    last_inference: of?.last ?? 0,
    inference_count: of?.rows ?? 0,
    execution_count: of?.executions ?? 0,
    inference_stats: {
      success: of?.success ?? none,
      fail: of?.fail ?? none,
      queue: none,
      compute_input: none,
      compute_infer: none,
      compute_output: none,
      cache_hit: none,
      cache_miss: none,
    },
    batch_stats: [...(of?.batches ?? [])]
      .sort(([a], [b]) => a - b)
      .map(([size, count]) => ({
        batch_size: size,
        compute_input: { count, ns: 0 },
        compute_infer: { count, ns: 0 },
        compute_output: { count, ns: 0 },
      })),
  };
}
