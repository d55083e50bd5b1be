import type { ChartOptions, ChartView, PlotModule } from './chart.ts';

let reading: Promise<PlotModule> | undefined;

/** Plot, read once, when something is to be drawn. */
export async function readPlot(): Promise<PlotModule> {
  reading ??= import('@observablehq/plot');
  reading.catch(() => {
    reading = undefined;
  });
  return await reading;
}

/** What a drawing is called for those who do not see it. */
export interface ChartName {
  readonly title: string;
  readonly description: string | undefined;
}

/** A drawing and, while the pointer is on it, the datum below. */
export type Drawing = SVGSVGElement & { readonly value?: unknown };

/**
 * Draws a chart. Plot's style elements are taken out before the drawing becomes part of the page, as the policy allows
 * none; `charts.css` says what they said.
 */
export function draw(
  plot: PlotModule,
  {
    options,
    view,
    name,
  }: { readonly options: ChartOptions; readonly view: ChartView; readonly name: ChartName },
): Drawing {
  const { style, ...given } = options(plot, view);
  const drawn = plot.plot({
    width: view.width,
    height: view.height,
    marginTop: 28,
    marginBottom: 42,
    marginLeft: 48,
    ...given,
    className: 'ty-plot',
    ariaLabel: name.title,
    ...(name.description === undefined ? {} : { ariaDescription: name.description }),
    style: {
      fontSize: '12px',
      fontFamily: 'var(--vp-font-family-base)',
      background: 'transparent',
      ...(typeof style === 'object' ? style : {}),
    },
  });
  for (const element of drawn.querySelectorAll('style')) element.remove();
  const svg = drawn.tagName.toLowerCase() === 'svg' ? drawn : drawn.querySelector('svg:last-of-type');
  if (svg === null) throw new Error('Plot made no drawing');
  // The place that it stands in is the image: names that Plot gives to groups are none of the reader's.
  svg.setAttribute('aria-hidden', 'true');
  return svg as Drawing;
}
