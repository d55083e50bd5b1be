import type { RunRecord } from '../runs/index.ts';
import { modelOf } from '../runs/index.ts';
import type { Canvas } from './canvas.ts';
import type { Block, Line, TableColumn } from './document.ts';
import { line, span } from './document.ts';
import { seconds, shownEstimate, shownValue } from './numbers.ts';
import type { MarkdownOptions } from './render-markdown.ts';
import { renderMarkdown } from './render-markdown.ts';
import { renderTerminal } from './render-terminal.ts';
import { endingOf } from './verdict-words.ts';

/** Runs as a table, in the order given, for a terminal. */
export function runTableText(records: readonly RunRecord[], canvas: Canvas): string {
  return renderTerminal(runTable(records, canvas.width < 100), canvas);
}

export function runTableMarkdown(records: readonly RunRecord[], options?: MarkdownOptions): string {
  return renderMarkdown(runTable(records, false), options);
}

interface Column extends TableColumn {
  readonly cell: (run: RunRecord) => Line;
}

/** `narrow`: the metric without its interval. */
function runTable(records: readonly RunRecord[], narrow: boolean): readonly Block[] {
  if (records.length === 0) return [{ kind: 'paragraph', line: line('No runs are recorded.') }];
  const several = new Set(records.map((run) => run.pipeline)).size > 1;
  const metrics = new Set(records.flatMap((run) => measured(run, narrow)?.metric ?? []));
  const metric = metrics.size === 1 ? [...metrics][0]! : 'metric';
  const columns: readonly Column[] = [
    { title: 'run', align: 'left', cell: (run) => line(span(run.id, 'name')) },
    ...column(several, { title: 'pipeline', align: 'left', atLeast: 10, cell: (run) => line(run.pipeline) }),
    { title: 'commit', align: 'left', cell: commitOf },
    { title: 'verdict', align: 'left', cell: (run) => line(endingOf(run)) },
    ...column(metrics.size > 0, {
      title: 'model',
      align: 'left',
      atLeast: 6,
      cell: (run) => (run.model === undefined ? [] : line(span(run.model.step, 'term'))),
    }),
    ...column(metrics.size > 0, {
      title: metric,
      align: 'left',
      cell: (run) => {
        const found = measured(run, narrow);
        return found === undefined
          ? []
          : line(metrics.size > 1 ? `${found.metric} ${found.shown}` : found.shown);
      },
    }),
    { title: 'time', align: 'right', cell: (run) => line(seconds(run.seconds)) },
  ];
  const rows = records.map((run) => columns.map(({ cell }) => cell(run)));
  return [{ kind: 'table', columns: columns.map(({ cell: _, ...rest }) => rest), rows }];
}

function column(wanted: boolean, it: Column): readonly Column[] {
  return wanted ? [it] : [];
}

/** `+` says that the work tree was dirty, as Git's own prompt does. */
function commitOf(run: RunRecord): Line {
  if (run.code === null) return line(span('no Git', 'quiet'));
  if (run.code.commit === null) return line(span('none', 'quiet'));
  return line(run.code.commit.slice(0, 7), run.code.dirty ? span('+', 'doubtful') : '');
}

/** The metric by which the run chose its model, or else its main metric; of that model. */
function measured(
  run: RunRecord,
  narrow: boolean,
): { readonly metric: string; readonly shown: string } | undefined {
  const metrics = modelOf(run)?.evaluation?.metrics;
  const metric = run.model?.choice?.metric ?? run.mainMetric ?? Object.keys(metrics ?? {})[0];
  const estimate = metric === undefined ? undefined : metrics?.[metric];
  if (metric === undefined || estimate === undefined) return undefined;
  return { metric, shown: narrow ? shownValue(estimate) : shownEstimate(estimate) };
}
