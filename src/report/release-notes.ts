import type { Block } from './document.ts';
import { joined, line, span } from './document.ts';
import { cardSections, sectionText } from './model-card.ts';
import type { ModelCardFacts } from './model-card-facts.ts';
import { markdownOf } from './model-card-measured.ts';

/** Where GitHub stops taking more of a release's notes, in characters. */
const mostOfReleaseNotes = 125_000;

/**
 * The notes of the release of a version: where it stands now, and its model card without the metadata. Other versions are
 * left out, as nobody writes these notes anew when there are more. Where the limit is met, the longest sections go first,
 * each as a whole, and the notes say so.
 */
export function releaseNotes(facts: ModelCardFacts, limit: number = mostOfReleaseNotes): string {
  const sections = cardSections(facts).filter(({ heading }) => heading !== 'Versions');
  const opening = facts.notes?.opening ?? '';
  const parts = [...(opening === '' ? [] : [`${opening}\n`]), ...sections.map(sectionText)];
  const all = parts.length;
  for (;;) {
    const head = markdownOf([...standing(facts), ...leftOut(facts, all - parts.length)]);
    const text = [head, ...parts].join('\n');
    if (text.length <= limit || parts.length === 0) return text;
    const longest = Math.max(...parts.map(({ length }) => length));
    parts.splice(
      parts.findIndex(({ length }) => length === longest),
      1,
    );
  }
}

function standing(facts: ModelCardFacts): readonly Block[] {
  const { version } = facts;
  const stages = version?.stages ?? [];
  const names = joined(
    stages.map((stage) => line(span(stage, 'strong'))),
    ', ',
  );
  const where =
    version?.archived === true
      ? line('Archived: it comes to no stage any more.')
      : stages.length === 0
        ? line('Stands in no stage now.')
        : line('Stands in ', ...names, ' now.');
  const decided = line(
    ' What was decided about it: ',
    span(`trainyard models show ${referenceOf(facts)}`, 'term'),
    '.',
  );
  return [{ kind: 'paragraph', line: [...where, ...decided] }];
}

function leftOut(facts: ModelCardFacts, gone: number): readonly Block[] {
  if (gone === 0) return [];
  const card = span(`trainyard models card ${referenceOf(facts)}`, 'term');
  const what = gone === 1 ? 'One section is' : `${gone} sections are`;
  return [
    {
      kind: 'paragraph',
      line: line(`${what} too long for a release and left out. The whole card: `, card, '.'),
    },
  ];
}

function referenceOf({ model, version }: ModelCardFacts): string {
  return version === undefined ? model : `${model}@${version.name}`;
}
