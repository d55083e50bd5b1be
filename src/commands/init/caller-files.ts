import type { JsonScalar } from '../../base/index.ts';
import { headerOf, sectionsOf } from './caller-sections.ts';
import type { CallerSettings, WorkflowSource } from './caller-settings.ts';
import { callerNames, callers } from './callers.ts';
import { suffixOf, yamlText } from './project-name.ts';

export interface CallerFile {
  /** Of the workflow that it calls: `pull-request`. */
  readonly calls: string;
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

export const callerFolder = '.github/workflows';

/** The workflows that call those of Trainyard, as a repository with these settings needs them. */
export function callerFiles(settings: CallerSettings): readonly CallerFile[] {
  return callerNames
    .filter((name) => isWanted(name, settings))
    .map((name) => {
      const { title, about, on, permissions, concurrency, with: inputs = {} } = callers[name](settings);
      const { directory } = settings;
      // A comment for a fork looks into no clone, and asks for no folder.
      const own: Record<string, JsonScalar> =
        directory === '.' || name === 'pull-request-comment' ? {} : { directory: yamlText(directory) };
      const lines = [
        `name: ${yamlText(title)}`,
        '',
        'on:',
        ...on.map((line) => `  ${line}`),
        '',
        'permissions: {}',
        '',
        ...(concurrency === undefined ? [] : ['concurrency:', ...concurrency.map((line) => `  ${line}`), '']),
        'jobs:',
        // Another name in each project: checks that rules of branches require are told apart by it.
        `  ${name}${suffixOf(directory)}:`,
        '    permissions:',
        ...Object.entries(permissions).map(([scope, level]) => `      ${scope}: ${level}`),
        `    uses: ${usesOf(name, settings.source)}`,
        ...withLines({ ...inputs, ...own }),
      ];
      const body = `${lines.join('\n')}\n`;
      return {
        calls: name,
        path: `${callerFolder}/trainyard-${name}${suffixOf(directory)}.yml`,
        text: `${headerOf(about, sectionsOf(body))}${body}`,
      };
    });
}

function isWanted(name: string, { schedules, dispatch, data }: CallerSettings): boolean {
  if (name === 'schedule') return schedules.length > 0;
  if (name === 'dispatch') return dispatch;
  return name !== 'watch-data' || data;
}

function usesOf(name: string, source: WorkflowSource): string {
  const path = `.github/workflows/${name}.yml`;
  return source.kind === 'own'
    ? `$/${path}`
    : `${source.repository}/${path}@${source.commit} # ${source.version}`;
}

function withLines(inputs: Readonly<Record<string, JsonScalar>>): readonly string[] {
  const entries = Object.entries(inputs);
  return entries.length === 0
    ? []
    : ['    with:', ...entries.map(([key, value]) => `      ${key}: ${value}`)];
}
