import { modelOf } from '../runs/index.ts';
import { markdownText } from './markdown-text.ts';
import { dataSection } from './model-card-data.ts';
import type { ModelCardFacts } from './model-card-facts.ts';
import { frontMatter } from './model-card-front-matter.ts';
import { limitsSection } from './model-card-limits.ts';
import { lineageSection, versionsSection } from './model-card-lineage.ts';
import { gatesSection, measuredSection, slicesSection } from './model-card-measured.ts';
import type { OwnerNotes } from './model-card-notes.ts';
import { useSection } from './model-card-use.ts';

/** Left out without text, unless the owner has something to say under its heading. */
export interface CardSection {
  readonly heading: string;
  /** Markdown. */
  readonly text: string;
}

/**
 * The card of a version, in Markdown with the metadata of Hugging Face in front
 * (https://huggingface.co/docs/hub/model-cards): a function of the record, the tags and the owner's notes, and of no clock.
 */
export function modelCard(facts: ModelCardFacts): string {
  const notes = facts.notes ?? { metadata: {}, opening: '', sections: [] };
  const title = facts.version === undefined ? facts.model : `${facts.model} ${facts.version.name}`;
  const parts = [
    frontMatter(facts, notes.metadata),
    `# ${markdownText(title)}\n`,
    ...(notes.opening === '' ? [] : [`${notes.opening}\n`]),
    ...cardSections(facts).map(sectionText),
  ];
  return parts.join('\n');
}

/** What stands in the card, in its order, without the metadata and the title. */
export function cardSections(facts: ModelCardFacts): readonly CardSection[] {
  return merged(generatedSections(facts), facts.notes ?? { sections: [] });
}

export function sectionText({ heading, text }: CardSection): string {
  return `## ${heading}\n\n${text.trim()}\n`;
}

/** The headings are part of the format: the owner's notes are put under them. */
function generatedSections(facts: ModelCardFacts): readonly CardSection[] {
  return [
    { heading: 'What it is for', text: purpose(facts) },
    { heading: 'How well it does', text: measuredSection(facts) },
    { heading: 'For whom it does worse', text: slicesSection(facts) },
    { heading: 'Gates', text: gatesSection(facts) },
    { heading: 'Limits', text: limitsSection(facts) },
    { heading: 'Data', text: dataSection(facts) },
    { heading: 'How to use it', text: useSection(facts) },
    { heading: 'Where it comes from', text: lineageSection(facts) },
    { heading: 'Versions', text: versionsSection(facts) },
  ];
}

function purpose({ record }: ModelCardFacts): string {
  const task = modelOf(record)?.evaluation?.task;
  const classes = modelOf(record)?.evaluation?.classes;
  const does =
    task === 'regression'
      ? 'It predicts a number for each row.'
      : classes === undefined
        ? ''
        : `It tells for each row how probable each of ${classes.length} classes is: ${classes.map(markdownText).join(', ')}.`;
  const description = record.description === undefined ? '' : markdownText(record.description);
  return [description, does].filter((text) => text !== '').join('\n\n');
}

/** The owner's words follow ours under the same heading; under headings of their own they come before the lineage. */
function merged(
  ours: readonly CardSection[],
  { sections }: Pick<OwnerNotes, 'sections'>,
): readonly CardSection[] {
  const key = (heading: string): string => heading.trim().toLowerCase();
  const known = new Set(ours.map(({ heading }) => key(heading)));
  const joined = ours.map(({ heading, text }) => ({
    heading,
    text: [text, ...sections.filter((each) => key(each.heading) === key(heading)).map((each) => each.text)]
      .map((each) => each.trim())
      .filter((each) => each !== '')
      .join('\n\n'),
  }));
  const own = sections.filter(({ heading }) => !known.has(key(heading)));
  const at = joined.findIndex(({ heading }) => heading === 'Where it comes from');
  return [...joined.slice(0, at), ...own, ...joined.slice(at)].filter(({ text }) => text.trim() !== '');
}
