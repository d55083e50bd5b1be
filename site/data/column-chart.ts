import type { ColumnProfile } from '@format';
import type { ChartOptions, ChartTable } from '@site/charts/chart.ts';
import { shortValue } from './in-words.ts';

/** What `Chart` needs to draw the distribution of a column; `undefined` where the record has none. */
export function chartOf(
  column: ColumnProfile,
): { readonly title: string; readonly options: ChartOptions; readonly table: ChartTable } | undefined {
  if (column.numbers !== undefined) return histogramOf(column.name, column.numbers.histogram);
  return column.top === undefined ? undefined : frequentOf(column.name, column.top);
}

function histogramOf(
  name: string,
  { edges, counts }: { readonly edges: readonly number[]; readonly counts: readonly number[] },
): ReturnType<typeof chartOf> {
  const bins = counts.map((rows, i) => ({ from: edges[i]!, to: edges[i + 1]!, rows }));
  // Where all values are equal the one bin has no width.
  const width = bins.every(({ from, to }) => from === to) ? 0.5 : 0;
  return {
    title: `Distribution of ${name}`,
    options: (plot) => ({
      x: { label: name },
      y: { label: 'rows', grid: true },
      marks: [
        plot.rectY(bins, {
          x1: ({ from }) => from - width,
          x2: ({ to }) => to + width,
          y: 'rows',
          fill: 'var(--vp-c-brand-1)',
          insetLeft: 0.5,
          insetRight: 0.5,
          title: ({ from, to, rows }) => `${shortValue(from)} to ${shortValue(to)}: ${rows}`,
        }),
        plot.ruleY([0]),
      ],
    }),
    table: {
      columns: [
        { label: 'from', isNumber: true },
        { label: 'to', isNumber: true },
        { label: 'rows', isNumber: true },
      ],
      rows: bins.map(({ from, to, rows }) => [from, to, rows]),
    },
  };
}

function frequentOf(
  name: string,
  top: readonly { readonly value: string; readonly count: number }[],
): ReturnType<typeof chartOf> {
  return {
    title: `Most frequent values of ${name}`,
    options: (plot, { isNarrow }) => ({
      marginLeft: isNarrow ? 90 : 160,
      x: { label: 'rows', grid: true },
      y: { label: null, domain: top.map(({ value }) => value), tickFormat: (value: string) => cut(value) },
      marks: [plot.barX(top, { x: 'count', y: 'value', fill: 'var(--vp-c-brand-1)' }), plot.ruleX([0])],
    }),
    table: {
      columns: [{ label: 'value' }, { label: 'rows', isNumber: true }],
      rows: top.map(({ value, count }) => [value, count]),
    },
  };
}

function cut(text: string): string {
  return text.length > 22 ? `${text.slice(0, 21)}…` : text;
}
