import type { Block } from '../../document.ts';
import { line, span } from '../../document.ts';
import { renderMarkdown } from '../../render-markdown.ts';
import type { Section } from './section.ts';

export interface FitOptions {
  readonly budget: number;
  /** Stand at the end, whatever was left out before. */
  readonly ending: readonly Block[];
  /** Where everything is shown. */
  readonly summaryUrl?: string;
}

/** The sections as Markdown within a number of characters: the least important ones go, whole, and that is said. */
export function fitSections(sections: readonly Section[], options: FitOptions): string {
  const { budget, ending } = options;
  const texts = new Map(sections.map((each) => [each, textOf(each.blocks)]));
  const tail = textOf(ending);
  const kept = new Set(sections);
  const byRank = sections.filter(({ rank }) => rank > 0).sort((a, b) => b.rank - a.rank);
  const whole = (): string => {
    const left = sections.filter((each) => !kept.has(each));
    const parts = sections.flatMap((each) => (kept.has(each) ? [texts.get(each)!] : []));
    const note = left.length === 0 ? [] : [textOf([leftOut(left, options)])];
    return [...parts, ...note, ...(tail === '' ? [] : [tail])].join('\n');
  };
  let text = whole();
  const gone: Section[] = [];
  for (const next of byRank) {
    if (text.length <= budget) break;
    kept.delete(next);
    gone.push(next);
    text = whole();
  }
  if (text.length <= budget) {
    // One that is too large by itself took others along: what fits beside the rest comes back, the most important first.
    for (const next of gone.reverse()) {
      kept.add(next);
      const more = whole();
      if (more.length <= budget) text = more;
      else kept.delete(next);
    }
    return text;
  }
  // What is left is short in any report that keeps its limits, and in any budget worth the name.
  const verdict = sections[0]?.blocks ?? [];
  const shorter = [textOf(verdict), textOf(verdict.slice(0, 1)), ''];
  return [text, ...shorter].find((each) => each.length <= budget)!;
}

function textOf(blocks: readonly Block[]): string {
  return renderMarkdown(blocks, { limit: Number.POSITIVE_INFINITY });
}

function leftOut(sections: readonly Section[], { summaryUrl }: FitOptions): Block {
  const names = sections.map(({ name }) => name).join(', ');
  const where =
    summaryUrl === undefined
      ? line(' "trainyard report" on a laptop shows everything.')
      : line(' ', { text: 'The full summary', link: summaryUrl }, ' has it.');
  return { kind: 'paragraph', line: line(span(`Left out to fit: ${names}.`, 'strong'), ...where) };
}
