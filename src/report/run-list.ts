import type { GroupedRuns, ListedEstimate, ListedRun, RunAnswer, RunGroup } from '../runs/index.ts';
import type { Canvas } from './canvas.ts';
import type { Block, Line } from './document.ts';
import { line, span } from './document.ts';
import { count, seconds, shownEstimate, shownScalar, shownValue } from './numbers.ts';
import { renderTerminal } from './render-terminal.ts';
import { endingOf } from './verdict-words.ts';
import { visible, widthOf } from './visible-text.ts';

/** Runs, or groups of runs, as a table for a terminal, in the order given. */
export function runListText(answer: RunAnswer, canvas: Canvas): string {
  const { groups } = answer;
  return groups === undefined
    ? table(runColumns(answer), answer.runs, canvas)
    : table(groupColumns(groups), groups.groups, canvas);
}

interface Column<Row> {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly cell: (row: Row) => Line;
  /** In little room what matters least goes first: the highest number. Without one it stays, and whole. */
  readonly leaves?: number;
  /** May be cut down to so many columns of the terminal. */
  readonly atLeast?: number;
  /** A shorter spelling for where there is little room. */
  readonly short?: (row: Row) => Line;
}

function runColumns({ runs, columns }: RunAnswer): readonly Column<ListedRun>[] {
  const has = (test: (run: ListedRun) => boolean): boolean => runs.some(test);
  const metrics = new Set(runs.flatMap(({ metric }) => metric?.name ?? []));
  const metric = (shown: (estimate: ListedEstimate) => string) => (run: ListedRun) =>
    run.metric === undefined
      ? []
      : line(metrics.size > 1 ? `${run.metric.name} ${shown(run.metric)}` : shown(run.metric));
  const several = new Set(runs.map(({ pipeline }) => pipeline)).size > 1;
  const shownAnyway = new Set(['id', 'commit', 'verdict', 'model', 'seconds', 'tag']);
  if (several) shownAnyway.add('pipeline');
  if (metrics.size === 1) shownAnyway.add(`metrics.${[...metrics][0]}`);
  const all: readonly (Column<ListedRun> | false)[] = [
    { title: 'run', align: 'left', cell: ({ id }) => line(span(id, 'name')) },
    several && {
      title: 'pipeline',
      align: 'left',
      cell: ({ pipeline }) => line(pipeline),
      leaves: 2,
      atLeast: 8,
    },
    { title: 'commit', align: 'left', cell: commitOf, leaves: 4 },
    { title: 'verdict', align: 'left', cell: (run) => line(endingOf(run)), leaves: 1 },
    has(({ model }) => model !== undefined) && {
      title: 'model',
      align: 'left',
      cell: ({ model }) => (model === undefined ? [] : line(span(model, 'term'))),
      leaves: 5,
      atLeast: 10,
    },
    metrics.size > 0 && {
      title: metrics.size === 1 ? [...metrics][0]! : 'metric',
      align: 'left',
      cell: metric(shownOf),
      short: metric(({ value, low, high }) =>
        low === undefined || high === undefined ? shownOf({ value }) : shownValue({ value, low, high }),
      ),
      leaves: 1,
    },
    ...columns.filter((field) => !shownAnyway.has(field)).map(fieldColumn),
    has(({ tags }) => tags.length > 0) && {
      title: 'tags',
      align: 'left',
      cell: ({ tags }) => line(span(tags.join(', '), 'strong')),
      leaves: 3,
      atLeast: 6,
    },
    has(({ notes }) => notes.length > 0) && {
      title: 'notes',
      align: 'right',
      cell: ({ notes }) => (notes.length === 0 ? [] : line(count(notes.length))),
      leaves: 7,
    },
    { title: 'time', align: 'right', cell: (run) => line(seconds(run.seconds)), leaves: 6 },
  ];
  return all.filter((column) => column !== false);
}

/** Asked for by name: the last to leave. */
function fieldColumn(field: string): Column<ListedRun> {
  return {
    title: field.replace(/^(?:params|metrics|matrix)\./, ''),
    align: 'left',
    cell: ({ fields }) => {
      const value = fields.get(field);
      if (value === undefined) return line(span('–', 'quiet'));
      return line(field === 'started' ? dateOf(value) : shownScalar(value));
    },
    leaves: 0.5,
    atLeast: field === 'started' ? 16 : 8,
  };
}

function groupColumns({ by, metric }: GroupedRuns): readonly Column<RunGroup>[] {
  return [
    ...by.map(
      (field, i): Column<RunGroup> => ({
        title: field,
        align: 'left',
        atLeast: 8,
        cell: ({ values }) => {
          const value = values[i];
          return value === undefined
            ? line(span('missing', 'quiet'))
            : line(field === 'started' ? dateOf(value) : shownScalar(value));
        },
      }),
    ),
    { title: 'runs', align: 'right', cell: ({ runs }) => line(count(runs)) },
    { title: 'passed', align: 'right', cell: ({ passed }) => line(count(passed)), leaves: 2 },
    ...(metric === undefined
      ? []
      : ([
          {
            title: `mean ${metric}`,
            align: 'right',
            cell: ({ mean }) => (mean === undefined ? [] : line(shownOf({ value: mean }))),
            leaves: 3,
          },
          {
            title: `best ${metric}`,
            align: 'right',
            cell: ({ best }) => (best === undefined ? [] : line(shownOf(best))),
            leaves: 1,
          },
          {
            title: 'best run',
            align: 'left',
            cell: ({ best }) => (best === undefined ? [] : line(span(best.run, 'name'))),
          },
        ] satisfies readonly Column<RunGroup>[])),
    { title: 'last run', align: 'left', cell: ({ last }) => line(span(last, 'name')), leaves: 4 },
  ];
}

function shownOf({ value, low, high }: ListedEstimate): string {
  return low === undefined || high === undefined
    ? shownValue({ value, low: value, high: value })
    : shownEstimate({ value, low, high });
}

function dateOf(value: unknown): string {
  return typeof value === 'number'
    ? new Date(value).toISOString().slice(0, 16).replace('T', ' ')
    : String(value);
}

/** `+` says that the work tree was dirty, as Git's own prompt does. */
function commitOf({ commit, dirty }: ListedRun): Line {
  if (dirty === undefined) return line(span('no Git', 'quiet'));
  if (commit === undefined) return line(span('none', 'quiet'));
  return line(commit.slice(0, 7), dirty ? span('+', 'doubtful') : '');
}

/**
 * The columns for which there is room. First spellings get shorter, then columns are cut, then they leave. Ids are what
 * people copy: they stay whole, also where a line gets longer than the terminal is wide.
 */
function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], canvas: Canvas): string {
  const long = columns.map((column) => ({ ...column, width: widest(column, column.cell, rows) }));
  const short = columns.map((column) => {
    const cell = column.short ?? column.cell;
    return { ...column, cell, width: widest(column, cell, rows) };
  });
  const fits = (some: readonly { readonly width: number; readonly atLeast?: number }[]): boolean =>
    some.reduce((sum, { width, atLeast }) => sum + Math.min(width, atLeast ?? width) + 2, 0) <= canvas.width;
  let kept = fits(long) ? long : short;
  while (!fits(kept)) {
    const last = Math.max(...kept.map(({ leaves }) => leaves ?? 0));
    if (last === 0) break;
    const leaving = kept.findLastIndex(({ leaves }) => leaves === last);
    kept = kept.filter((_, i) => i !== leaving);
  }
  const left = columns.filter(({ title }) => !kept.some((column) => column.title === title));
  const blocks: readonly Block[] = [
    {
      kind: 'table',
      columns: kept.map(({ title, align, atLeast }) => ({
        title,
        align,
        ...(atLeast === undefined ? {} : { atLeast }),
      })),
      rows: rows.map((row) => kept.map(({ cell }) => cell(row))),
    },
  ];
  const room = Math.max(
    canvas.width,
    kept.reduce((sum, { width, atLeast }) => sum + Math.min(width, atLeast ?? width) + 2, 0),
  );
  const missing =
    left.length === 0
      ? ''
      : canvas.colour('dim', `  no room for: ${left.map(({ title }) => visible(title)).join(', ')}`);
  return `${renderTerminal(blocks, { ...canvas, width: room })}${missing === '' ? '' : `${missing}\n`}`;
}

function widest<Row>(column: Column<Row>, cell: (row: Row) => Line, rows: readonly Row[]): number {
  return rows.reduce((width, row) => Math.max(width, widthOfLine(cell(row))), widthOf(visible(column.title)));
}

function widthOfLine(cells: Line): number {
  return cells.reduce((sum, { text }) => sum + widthOf(visible(text)), 0);
}
