import type { JsonScalar } from '@format';
import { metricDefinition, valueAt } from '@format';
import type { RunName } from '@site/lib/addresses.ts';
import type { RunsTable } from '@site/runs/runs-table.ts';

/** Above this, lines are a carpet and drawing them stops the page. */
export const mostPoints = 1_000;

export interface SweepRun {
  readonly name: RunName;
  readonly values: Readonly<Record<string, JsonScalar>>;
}

export interface Sweep {
  /** The newest first. */
  readonly runs: readonly SweepRun[];
  /** Runs of the pipelines, shown or not. */
  readonly total: number;
  /** Columns of parameters that differ between the runs: those that most runs have first. */
  readonly params: readonly string[];
  readonly metrics: readonly string[];
}

/** Runs of some pipelines that have been read, with their parameters and metrics. */
export function sweepOf(table: RunsTable, pipelines: readonly string[]): Sweep {
  const wanted = table.manifest.columns
    .map(({ name }) => name)
    .filter((name) => /^(params|metrics)\./.test(name));
  const rows = table.rows().filter((row) => pipelines.includes(table.pipeline(row)));
  const runs = Array.from(rows.subarray(0, mostPoints), (row): SweepRun => {
    const values: Record<string, JsonScalar> = Object.create(null);
    for (const name of wanted) {
      const value = valueAt(table.column(name), row);
      if (value !== undefined) values[name] = value;
    }
    return { name: { pipeline: table.pipeline(row), id: table.id(row) }, values };
  });
  const having = (name: string): number => runs.filter(({ values }) => values[name] !== undefined).length;
  const differing = (name: string): boolean => new Set(runs.map(({ values }) => values[name])).size > 1;
  return {
    runs,
    total: rows.length,
    params: wanted
      .filter((name) => name.startsWith('params.') && differing(name))
      .toSorted((a, b) => having(b) - having(a)),
    metrics: wanted.filter((name) => name.startsWith('metrics.') && having(name) > 0),
  };
}

/** An axis of parallel coordinates: where on it, from 0 to 1, a value lies. */
export interface Axis {
  readonly name: string;
  readonly label: string;
  readonly at: (value: JsonScalar | undefined) => number | undefined;
  /** Some values of the axis with their places. */
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

/** Numbers lie by their size; where there is anything else, values lie evenly in their order. */
export function axisOf(name: string, runs: readonly SweepRun[]): Axis {
  const values = runs.flatMap((run) => {
    const value = run.values[name];
    return value === undefined ? [] : [value];
  });
  const label = name.slice(name.indexOf('.') + 1);
  if (values.every((value) => typeof value === 'number')) {
    const low = values.reduce((a, b) => Math.min(a, b), Infinity);
    const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
    const at = (value: number): number => (high > low ? (value - low) / (high - low) : 0.5);
    const ends = high > low ? [low, (low + high) / 2, high] : high === low ? [low] : [];
    return {
      name,
      label,
      at: (value) => (typeof value === 'number' ? at(value) : undefined),
      ticks: ends.map((end) => ({ at: at(end), text: String(Number(end.toPrecision(4))) })),
    };
  }
  const kinds = [...new Set(values.map((value) => String(value)))].sort();
  const at = (text: string): number => (kinds.length === 1 ? 0.5 : kinds.indexOf(text) / (kinds.length - 1));
  const apart = Math.ceil(kinds.length / 8);
  return {
    name,
    label,
    at: (value) => (value === undefined ? undefined : at(String(value))),
    ticks: kinds.filter((_, i) => i % apart === 0).map((text) => ({ at: at(text), text })),
  };
}

/** What a person asks of an axis: a range of numbers, or one value. */
export type Brush = { readonly from?: number; readonly to?: number } | { readonly value: string };

export function fits(run: SweepRun, brushes: Readonly<Record<string, Brush>>): boolean {
  return Object.entries(brushes).every(([name, brush]) => {
    const value = run.values[name];
    if ('value' in brush) return value !== undefined && String(value) === brush.value;
    const { from, to } = brush;
    if (from === undefined && to === undefined) return true;
    return typeof value === 'number' && value >= (from ?? -Infinity) && value <= (to ?? Infinity);
  });
}

/** Whether more of a metric is better. */
export function isHigherBetter(column: string): boolean {
  return metricDefinition(column.replace(/^metrics\./, ''))?.better !== 'lower';
}

/** The best by a metric first; those without it last. */
export function rankedRuns(runs: readonly SweepRun[], metric: string): readonly SweepRun[] {
  const sign = isHigherBetter(metric) ? -1 : 1;
  const rank = ({ values }: SweepRun): number => {
    const value = values[metric];
    return typeof value === 'number' ? sign * value : Number.POSITIVE_INFINITY;
  };
  // Two without the metric differ by nothing: infinities would make no number.
  return runs.toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
}
