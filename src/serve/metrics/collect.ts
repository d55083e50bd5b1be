import type { EngineLoad } from '../engine.ts';
import type { Fleet, ServedVersion } from '../fleet.ts';
import type { KeptEvents } from '../observer.ts';
import type { Buckets } from './buckets.ts';
import type { MetricName } from './catalogue.ts';
import type { Counters } from './counters.ts';

type Labels = Readonly<Record<string, string | number>>;

export interface Sample {
  readonly value: number;
  readonly labels: Labels;
  /** Of a histogram's parts: `_bucket`, `_sum`, `_count`. */
  readonly metricName?: string;
}

export interface CollectedFrom {
  readonly counters: Counters;
  readonly fleet: Fleet;
  readonly kept: () => readonly KeptEvents[];
}

/** The values of our metrics now. */
export function collectors(from: CollectedFrom): Readonly<Record<MetricName, () => readonly Sample[]>> {
  const { counters, fleet } = from;
  const series = () =>
    [...counters.versions].flatMap(([{ name: version }, { model, series }]) =>
      series.map((counts) => ({ model, version, counts })),
    );
  const kept = (member: keyof KeptEvents): readonly Sample[] => {
    const value = from.kept().reduce((sum, events) => sum + events[member], 0);
    return [{ value, labels: {} }];
  };
  return {
    trainyard_request_duration_seconds: () =>
      summed(
        series().flatMap(({ model, version, counts: { role, protocol, seconds } }) =>
          histogramSamples('trainyard_request_duration_seconds', seconds, { model, version, role, protocol }),
        ),
      ),
    trainyard_requests_total: () =>
      summed(
        series().flatMap(({ model, version, counts: { role, protocol, statuses } }) =>
          [...statuses].map(([status, value]) => ({
            value,
            labels: { model, version, role, protocol, status },
          })),
        ),
      ),
    trainyard_rows_total: () =>
      summed(
        series().map(({ model, version, counts: { role, rows } }) => ({
          value: rows,
          labels: { model, version, role },
        })),
      ),
    trainyard_errors_total: () =>
      [...counters.errors].flatMap(([model, codes]) =>
        [...codes].map(([code, value]) => ({ value, labels: { model, code } })),
      ),
    trainyard_http_responses_total: () =>
      [...counters.routes].flatMap(([route, { statuses }]) =>
        [...statuses].map(([status, value]) => ({ value, labels: { route, status } })),
      ),
    trainyard_http_errors_total: () =>
      [...counters.routes].flatMap(([route, { codes }]) =>
        [...codes].map(([code, value]) => ({ value, labels: { route, code } })),
      ),
    trainyard_queue_rows: () => loads(fleet).map(({ labels, load }) => ({ value: load.queuedRows, labels })),
    trainyard_queue_limit_rows: () =>
      loads(fleet).map(({ labels, load }) => ({ value: load.queueLimit, labels })),
    trainyard_batch_rows: () =>
      loads(fleet).flatMap(({ labels, load }) =>
        load.batches === undefined ? [] : histogramSamples('trainyard_batch_rows', load.batches.rows, labels),
      ),
    trainyard_model_seconds_total: () =>
      loads(fleet).map(({ labels, load }) => ({ value: load.batches?.seconds ?? 0, labels })),
    trainyard_model_info: () =>
      versionsOf(fleet).map(({ model, version, isServed }) => {
        const { digest, lineage } = version.engine.servable.manifest;
        const served = String(isServed);
        return { value: 1, labels: { model, version: version.name, digest, run: lineage.run ?? '', served } };
      }),
    trainyard_model_ready: () =>
      Object.entries(fleet.readiness().models).map(([model, { ready }]) => ({
        value: ready ? 1 : 0,
        labels: { model },
      })),
    trainyard_log_events_total: () => kept('written'),
    trainyard_log_dropped_total: () => kept('dropped'),
    trainyard_log_waiting: () => kept('waiting'),
    trainyard_workers: () => [{ value: 1, labels: {} }],
    trainyard_worker_restarts_total: () => [{ value: 0, labels: {} }],
  };
}

function versionsOf(
  fleet: Fleet,
): readonly { readonly model: string; readonly version: ServedVersion; readonly isServed: boolean }[] {
  return fleet
    .models()
    .flatMap(({ name: model, versions, served }) =>
      [...versions.values()].map((version) => ({ model, version, isServed: version.name === served.name })),
    );
}

function loads(fleet: Fleet): readonly { readonly labels: Labels; readonly load: EngineLoad }[] {
  return versionsOf(fleet).map(({ model, version }) => ({
    labels: { model, version: version.name },
    load: version.engine.load(),
  }));
}

function histogramSamples(name: string, { bounds, counts, sum }: Buckets, labels: Labels): readonly Sample[] {
  let total = 0;
  const buckets = [...bounds.map(String), '+Inf'].map((le, i) => {
    total += counts[i]!;
    return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: total };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: total },
  ];
}

/** One sample a set of labels: a version that went and came again was two objects. */
function summed(samples: readonly Sample[]): readonly Sample[] {
  const sums = new Map<string, Sample>();
  for (const sample of samples) {
    const key = `${sample.metricName ?? ''}${JSON.stringify(sample.labels)}`;
    const before = sums.get(key);
    sums.set(key, before === undefined ? sample : { ...sample, value: before.value + sample.value });
  }
  return [...sums.values()];
}
