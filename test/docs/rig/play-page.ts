import { expect } from 'vitest';
import { parse, stringify } from 'yaml';
import { merged } from './check-yaml.ts';
import type { Block, Page } from './page.ts';
import type { Projects, Session } from './projects.ts';
import { commandsOf, isShell } from './shell-lines.ts';
import { missingIn } from './shown-output.ts';

/** Blocks that share a folder, in the order of their page. */
export interface Play {
  readonly project: string;
  readonly blocks: readonly Block[];
}

/** By page and the line where the comment names the project. */
export function playsOf(pages: readonly Page[]): readonly (readonly [string, Play])[] {
  const plays = new Map<string, { project: string; blocks: Block[] }>();
  for (const block of pages.flatMap((page) => page.blocks)) {
    if (block.session === undefined) continue;
    const key = `${block.page}:${block.session.line}`;
    if (!plays.has(key)) plays.set(key, { project: block.session.project, blocks: [] });
    plays.get(key)!.blocks.push(block);
  }
  return [...plays];
}

/** Does what the blocks say, as a reader would, and compares what is seen with what they show. */
export async function play(projects: Projects, { project, blocks }: Play): Promise<void> {
  await using session = await projects.open(project);
  for (const block of blocks) await playBlock(session, block);
}

async function playBlock(session: Session, block: Block): Promise<void> {
  const { directives, page, line, text } = block;
  const { file, merge } = directives;
  if (file !== undefined) session.write(file, text);
  else if (merge !== undefined)
    session.write(merge, stringify(merged(parse(session.read(merge)), parse(text))));
  if (!isShell(block) || directives['not run'] !== undefined || directives['tested by'] !== undefined) return;
  for (const command of commandsOf(block)) {
    const { code, output } = await session.run(command.text);
    const said = `${page}:${line}: ${command.text}\n${output}`;
    expect(code, said).toBe(Number(directives.exit ?? 0));
    if (block.language === 'console') expect(missingIn(output, command.shown), said).toEqual([]);
  }
}
