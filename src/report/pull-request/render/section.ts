import type { Block, DetailsBlock } from '../../document.ts';

/** A part of the comment that stays whole or goes. */
export interface Section {
  /** In the sentence that says what was left out. */
  readonly name: string;
  /** What goes first when there is no room: the highest. Sections of rank 0 stay. */
  readonly rank: number;
  readonly blocks: readonly Block[];
}

export function section(name: string, rank: number, blocks: readonly Block[]): readonly Section[] {
  return blocks.length === 0 ? [] : [{ name, rank, blocks }];
}

/** Folded, for what few readers need. */
export function folded(summary: string, blocks: readonly Block[]): readonly DetailsBlock[] {
  return blocks.length === 0 ? [] : [{ kind: 'details', summary, blocks }];
}
