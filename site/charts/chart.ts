import type { PlotOptions } from '@observablehq/plot';

/** Observable Plot, read when the first chart of a page is drawn. */
export type PlotModule = typeof import('@observablehq/plot');

/** Place and colours that a chart is drawn for; it is drawn anew when they change. */
export interface ChartView {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Narrower than 480 pixels: fewer ticks, less margin. */
  readonly isNarrow: boolean;
  readonly isDark: boolean;
  /** Place, in the chart's `series`, of what the reader points at in the legend. */
  readonly highlight: number | undefined;
}

/** What Plot draws. Title, legend and caption are the chart's own: Plot's would bring style elements, which the policy forbids. */
export type ChartOptions = (
  plot: PlotModule,
  view: ChartView,
) => Omit<PlotOptions, 'title' | 'subtitle' | 'caption' | 'className' | 'document' | 'figure'>;

export type ChartCell = string | number | boolean | null | undefined;

/** The same facts as rows, for those who do not see the drawing or want the numbers. */
export interface ChartTable {
  readonly columns: readonly ChartColumn[];
  readonly rows: readonly (readonly ChartCell[])[];
}

export interface ChartColumn {
  readonly label: string;
  /** Set to the right in figures of one width. */
  readonly isNumber?: boolean;
}

/** A line or a group of dots of a chart, as its legend shows it. */
export interface ChartSeries {
  readonly label: string;
  /** Place in the palette: the same thing has the same place in all charts of a page. Default: its place in the list. */
  readonly place?: number;
}

/** A chart as `Chart` takes it. */
export interface ChartParts {
  readonly title: string;
  readonly description: string;
  readonly options: ChartOptions;
  readonly table: ChartTable;
  readonly series: readonly ChartSeries[];
  readonly height?: number;
}

/** A number of a chart or a table, short: six significant figures, without noise of binary fractions. */
export function shortNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value.toLocaleString('en');
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return value.toExponential(3);
  return value.toLocaleString('en', { maximumSignificantDigits: 6, maximumFractionDigits: 6 });
}
