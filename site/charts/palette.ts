/** How a series is drawn: colour, dashes and symbol, so that no one of them is needed to tell two apart. */
export interface SeriesStyle {
  /** A CSS colour that follows the theme. */
  readonly color: string;
  /** For `strokeDasharray`; of a length that a legend can show. */
  readonly dash: string;
  /** For `symbol` of Plot's dots. */
  readonly symbol: SeriesSymbol;
}

export type SeriesSymbol = 'circle' | 'square' | 'triangle' | 'diamond' | 'cross' | 'star' | 'wye';

/** Colours of `charts.css`. */
export const paletteSize = 10;

const dashes = ['none', '7 4', '2 3', '9 3 2 3', '12 4'] as const;
const symbols = ['circle', 'square', 'triangle', 'diamond', 'cross', 'star', 'wye'] as const;

/** Of a place in the palette, which goes round. */
export function seriesStyle(place: number): SeriesStyle {
  return {
    color: `var(--ty-series-${(place % paletteSize) + 1})`,
    dash: dashes[place % dashes.length]!,
    symbol: symbols[place % symbols.length]!,
  };
}

/** Colours for what is no series, which follow the theme. */
export const ink = {
  text: 'var(--vp-c-text-1)',
  soft: 'var(--vp-c-text-2)',
  line: 'var(--ty-chart-line)',
  ground: 'var(--vp-c-bg)',
} as const;

/** Options of Plot's `tip` in the theme's colours; long names are cut. */
export const tip = {
  fill: 'var(--vp-c-bg)',
  stroke: 'var(--ty-chart-line)',
  lineWidth: 28,
  lineHeight: 1.3,
  textOverflow: 'ellipsis-end',
} as const;
