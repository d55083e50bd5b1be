import type { ArchiveAnswer } from '../registry/index.ts';
import type { Canvas } from './canvas.ts';
import { checkLines } from './decision-report.ts';
import type { Block } from './document.ts';
import { line, span } from './document.ts';
import { renderTerminal } from './render-terminal.ts';

/** What became of archiving a version, and what its stages are left with. */
export function archiveText({ kind, decision, events }: ArchiveAnswer, canvas: Canvas): string {
  const { model, name, checks, withdrawn } = decision;
  const left = kind === 'refused' || kind === 'already' ? [] : withdrawn;
  const blocks: Block[] = [
    { kind: 'heading', text: `${model} ${name}: ${word(kind)}` },
    { kind: 'list', items: checkLines(checks) },
    ...left.map(({ stage, before }): Block => {
      const verb = kind === 'archived' ? 'stands' : 'would stand';
      const back =
        before === undefined
          ? [', and none stood there before that could come back.']
          : [': bring ', before, ' back with ', span(`trainyard rollback ${model} --stage ${stage}`, 'name')];
      return { kind: 'paragraph', line: line(`No version ${verb} in ${stage} now`, ...back) };
    }),
  ];
  if (events.length > 0) {
    const tags = events.map(({ tag }) => tag).join(', ');
    blocks.push({ kind: 'paragraph', line: line('Recorded as ', span(tags, 'name'), '.') });
  } else blocks.push({ kind: 'paragraph', line: line('Nothing was written.') });
  return renderTerminal(blocks, canvas);
}

function word(kind: ArchiveAnswer['kind']): string {
  switch (kind) {
    case 'archived':
      return 'archived';
    case 'refused':
      return 'refused';
    case 'already':
      return 'archived already';
    case 'would-archive':
      return 'would be archived';
  }
}
