import { csvLine, withoutFormula } from '@format';
import { save } from '@site/runs/save-file.ts';
import type { ChartTable } from './chart.ts';

/** What is drawn as a file of its own: colours, letters and dashes as the page shows them now. */
export function svgText(drawing: SVGSVGElement): string {
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const drawn = [drawing, ...drawing.querySelectorAll('*')];
  const copied = [copy, ...copy.querySelectorAll('*')];
  drawn.forEach((element, i) => {
    const style = getComputedStyle(element);
    for (const name of ['fill', 'stroke', 'color'] as const) {
      const isSet = element.hasAttribute(name) || element === drawing;
      if (isSet) copied[i]!.setAttribute(name, style.getPropertyValue(name));
    }
  });
  copy.removeAttribute('aria-hidden');
  copy.setAttribute('role', 'img');
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute(
    'style',
    `font: 12px sans-serif; background: ${getComputedStyle(document.documentElement).getPropertyValue('--vp-c-bg')}`,
  );
  return new XMLSerializer().serializeToString(copy);
}

/** With a header. A text that a spreadsheet would take for a formula gets an apostrophe before it. */
export function csvText({ columns, rows }: ChartTable): string {
  return [columns.map(({ label }) => label), ...rows].map((row) => csvLine(row.map(withoutFormula))).join('');
}

/** Hands a text to the reader as a file; the name is made of letters that every file system takes. */
export function saveText(title: string, extension: 'csv' | 'svg', text: string): void {
  const types = { csv: 'text/csv', svg: 'image/svg+xml' } as const;
  const name = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 80);
  save(`${name || 'chart'}.${extension}`, text, types[extension]);
}
