import type { Block, Line } from '../../document.ts';
import { joined, line } from '../../document.ts';
import type { PullReport, ReportedReproduction } from '../pull-report.ts';
import { heading } from './judged-sections.ts';
import type { Section } from './section.ts';
import { section } from './section.ts';
import { runName, shownText } from './words.ts';

export interface Addresses {
  readonly site?: string;
  readonly summaryUrl?: string;
}

export function notesSection({ notes }: PullReport): readonly Section[] {
  const items = notes.slice(0, 10).map((note) => line(shownText(note, 400)));
  return section('Notes', 2, items.length === 0 ? [] : [heading('Notes'), { kind: 'list', items }]);
}

/** How anybody makes this run again, and where there is more. */
export function closing(report: PullReport, addresses: Addresses): readonly Block[] {
  const { head, pipeline, reproduce } = report;
  // What was in no commit is in none that a command could fetch.
  const command = head.dirty ? undefined : commandOf(pipeline, reproduce);
  const links: Line[] = [
    ...(addresses.summaryUrl === undefined ? [] : [[{ text: 'Full summary', link: addresses.summaryUrl }]]),
    ...(addresses.site === undefined ? [] : [[{ text: 'Site', link: addresses.site }]]),
  ];
  return [
    ...(command === undefined
      ? []
      : [
          { kind: 'paragraph', line: line('The same run again, on any machine:') } as const,
          { kind: 'fence', language: 'sh', text: command } as const,
        ]),
    { kind: 'paragraph', line: line('Run ', ...runName(head)) },
    // Apart from other text: there, only a colour would tell a link.
    ...(links.length === 0 ? [] : [{ kind: 'paragraph', line: joined(links, ' · ') } as const]),
  ];
}

/**
 * One line for a shell. People paste what stands here: where a name or a value is more than letters, digits and plain
 * signs, there is no command at all.
 */
export function commandOf(pipeline: string, { commit, params }: ReportedReproduction): string | undefined {
  const words = params.map(({ name, value }) => `${name}=${value}`);
  const isTame = [pipeline, ...words].every(
    (word) => /^[\w.,:/+@%=-]{1,200}$/.test(word) && !word.startsWith('-'),
  );
  if (!isTame || (commit !== undefined && !/^[0-9a-f]{40,64}$/.test(commit)) || words.length > 20)
    return undefined;
  const checkout = commit === undefined ? '' : `git fetch origin ${commit} && git checkout FETCH_HEAD && `;
  const given = words.map((word) => ` --param ${word}`).join('');
  return `${checkout}trainyard run ${pipeline}${given}`;
}
