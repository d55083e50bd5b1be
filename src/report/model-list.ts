import type { ModelState } from '../registry/index.ts';
import { latestVersion } from '../registry/index.ts';
import type { Canvas } from './canvas.ts';
import type { Block, Line } from './document.ts';
import { line, span } from './document.ts';
import { counted } from './numbers.ts';
import type { MarkdownOptions } from './render-markdown.ts';
import { renderMarkdown } from './render-markdown.ts';
import { renderTerminal } from './render-terminal.ts';

export interface ListedModels {
  readonly models: readonly ModelState[];
  readonly stages: readonly string[];
}

/** Every model with its newest version and what stands in each stage, for a terminal. */
export function modelListText(listed: ListedModels, canvas: Canvas): string {
  return renderTerminal(modelList(listed), canvas);
}

export function modelListMarkdown(listed: ListedModels, options?: MarkdownOptions): string {
  return renderMarkdown(modelList(listed), options);
}

function modelList({ models, stages }: ListedModels): readonly Block[] {
  if (models.length === 0) return [{ kind: 'paragraph', line: line('No models are registered.') }];
  const columns = [
    { title: 'model', align: 'left' as const, atLeast: 12 },
    { title: 'latest', align: 'left' as const },
    ...stages.map((stage) => ({ title: stage, align: 'left' as const, atLeast: 8 })),
    { title: 'versions', align: 'right' as const },
    ...(models.some((model) => notes(model) !== '')
      ? [{ title: '', align: 'left' as const, atLeast: 10 }]
      : []),
  ];
  const rows = models.map((model): readonly Line[] => [
    line(span(model.model, 'name')),
    line(latestVersion(model)?.name ?? span('none', 'quiet')),
    ...stages.map((stage) => {
      const there = model.stages[stage]?.event.name;
      return there === undefined ? line(span('–', 'quiet')) : line(span(there, 'strong'));
    }),
    line(String(model.versions.length)),
    line(span(notes(model), 'doubtful')),
  ]);
  return [{ kind: 'table', columns, rows: rows.map((row) => row.slice(0, columns.length)) }];
}

function notes({ requests, problems }: ModelState): string {
  return [
    requests.length === 0 ? '' : `${counted(requests.length, 'request')} to decide`,
    problems.length === 0 ? '' : counted(problems.length, 'problem'),
  ]
    .filter((note) => note !== '')
    .join(', ');
}
