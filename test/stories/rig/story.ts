import process from 'node:process';
import { styleText } from 'node:util';
import { inject, it } from 'vitest';
import type { RunResult } from '../../runner/index.ts';
import { describeRun } from '../../runner/index.ts';
import type { Project, ProjectOptions } from './project.ts';
import { openProject } from './project.ts';
import type { Surroundings } from './surroundings.ts';

export interface Telling {
  /** A step of the story, as a sentence. */
  tell(sentence: string): void;
  /** The repository after its first model, unless the story says otherwise. */
  readonly project: Project;
  readonly surroundings: Surroundings;
}

/** A story of people and machines, which is printed step by step while it is tested. */
export function story(
  title: string,
  live: (telling: Telling) => Promise<void>,
  options: ProjectOptions & { readonly isEmpty?: boolean } = {},
): void {
  it(title, async () => {
    const surroundings = inject('surroundings');
    const { isEmpty = false, ...rest } = options;
    const runs: RunResult[] = [];
    print(`\n${styleText('bold', title)}`);
    await using project = await openProject(surroundings, {
      ...(isEmpty ? {} : { from: surroundings.beginning }),
      ...rest,
      onRun: (run) => {
        runs.push(run);
        for (const line of linesOf(run)) print(`    ${line}`);
      },
    });
    try {
      await live({ project, surroundings, tell: (sentence) => print(`  ${sentence}`) });
    } catch (error) {
      print(runs.map(describeRun).join('\n'));
      throw error;
    }
  });
}

/** Not through Vitest, which would put a heading above each line. */
function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

const marks = { success: '✓', failure: '✗', cancelled: '-', skipped: '·' } as const;

/** One line a run, one a job that did something. */
function linesOf(run: RunResult): string[] {
  return [
    `${run.workflow} (${run.event}): ${run.conclusion}`,
    ...run.problems.map((problem) => `  ${problem}`),
    ...run.jobs
      .filter(({ conclusion }) => conclusion !== 'skipped')
      .map(({ name, conclusion, environment }) => {
        const place = environment === undefined ? '' : ` -> ${environment}`;
        return `  ${marks[conclusion]} ${name}${place}`;
      }),
  ];
}
