import { seconds } from '../../numbers.ts';
import type { ReportedStep } from '../pull-report.ts';

/** More than these nobody reads in a drawing, and the page that draws it has limits of its own. */
const mostSteps = 60;
const mostArrows = 200;

/**
 * The steps as a flowchart of Mermaid; `undefined` when there are too many. What a step did is told by words and by the
 * shape of its box, never by a colour. Needs that follow from others are left out.
 */
export function dagChart(steps: readonly ReportedStep[]): string | undefined {
  if (steps.length === 0 || steps.length > mostSteps) return undefined;
  const arrows = directNeeds(steps);
  if (arrows.length > mostArrows) return undefined;
  return [
    'flowchart TD',
    '  accTitle: Steps of the pipeline',
    `  accDescr: ${steps.length} steps and what each needs, told as text in the list below`,
    ...steps.map((step, at) => `  n${at}${box(step)}`),
    ...arrows.map(([from, to]) => `  n${from} --> n${to}`),
    '',
  ].join('\n');
}

function box(step: ReportedStep): string {
  const label = `"${mermaidText(step.id)}<br/>${statusWords(step)}"`;
  switch (step.status) {
    case 'cached':
      return `(${label})`;
    case 'ran':
      return `[${label}]`;
    case 'skipped':
    case 'cancelled':
      return `([${label}])`;
    case 'failed':
    case 'rejected':
      return `{{${label}}}`;
  }
}

export function statusWords({ status, seconds: time, change }: ReportedStep): string {
  const changed = change === 'added' ? ', new' : change === 'inputs' ? ', other inputs' : '';
  switch (status) {
    case 'ran':
      return `ran ${seconds(Math.min(time, 1e9))}${changed}`;
    case 'cached':
      return `re-used${changed}`;
    case 'rejected':
      return `says no${changed}`;
    default:
      return `${status}${changed}`;
  }
}

/**
 * A text inside of the quotes of a label. Mermaid looks for directives, entities, Markdown and HTML there too, so only
 * letters, digits and signs without meaning pass; the rest becomes a dot.
 */
export function mermaidText(text: string): string {
  const characters = [...text.replaceAll(/\s+/g, ' ')];
  const cut = characters.length <= 40 ? characters : [...characters.slice(0, 39), '…'];
  const safe = cut
    .map((each) => (/[\p{L}\p{N} .,=+/()[\]…-]/u.test(each) || each === '_' ? each : '·'))
    .join('');
  // "1. x" and "- x" would be lists.
  const start = /^\s*(?:[-+*]|\d+\.)\s/.test(safe) ? `·${safe}` : safe;
  return start.trim() === '' ? '·' : start;
}

/** Arrows that no longer way already tells. */
function directNeeds(steps: readonly ReportedStep[]): readonly (readonly [number, number])[] {
  const reach: Set<number>[] = [];
  const arrows: (readonly [number, number])[] = [];
  steps.forEach(({ needs }, at) => {
    const valid = [...new Set(needs)].filter((need) => need < at && need >= 0);
    const further = new Set(valid.flatMap((need) => [...reach[need]!]));
    reach[at] = new Set([...valid, ...further]);
    for (const need of valid) if (!further.has(need)) arrows.push([need, at]);
  });
  return arrows;
}
