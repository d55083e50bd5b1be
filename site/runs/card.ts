import { fixed } from '@format';
import type { BestMark } from './best.ts';
import { measuredOf } from './cells.ts';
import type { RunsTable } from './runs-table.ts';

/** What a narrow screen says of a run first. */
export interface RunCard {
  readonly verdict: string;
  readonly status: string;
  /** Name of the metric; cut, as a card is narrow. */
  readonly metric: string;
  /** Empty where the run has no such value. */
  readonly value: string;
  readonly ends: string;
}

export interface CardLook {
  readonly best: BestMark | undefined;
  /** Of metrics, by field. */
  readonly decimals: ReadonlyMap<string, number>;
}

/** The metric is that by which the run is the best where it is, so that the mark stands beside its reason; else its own. */
export function cardOf(table: RunsTable, row: number, { best, decimals }: CardLook): RunCard {
  const own = table.text('metric', row);
  const field = best?.field ?? (own === '' ? undefined : `metrics.${own}`);
  const measured = field === undefined ? undefined : measuredOf(table, field, row);
  const digits = decimals.get(field ?? '') ?? 3;
  return {
    verdict: table.text('verdict', row),
    status: table.text('status', row),
    metric: (field ?? '').slice('metrics.'.length).slice(0, 40),
    value: measured === undefined ? '' : fixed(measured.value, digits),
    ends:
      measured?.ends === undefined ? '' : `[${measured.ends.map((end) => fixed(end, digits)).join(', ')}]`,
  };
}
