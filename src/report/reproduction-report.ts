import type { Difference, Reproduction } from '../runs/index.ts';
import type { Canvas } from './canvas.ts';
import type { Block, Line } from './document.ts';
import { line, span } from './document.ts';
import { counted, seconds, shortDigest, shownScalar } from './numbers.ts';
import type { MarkdownOptions } from './render-markdown.ts';
import { renderMarkdown } from './render-markdown.ts';
import { renderTerminal } from './render-terminal.ts';
import { verdictMark } from './verdict-words.ts';

/** What came of making a run again, for a terminal. */
export function reproductionText(reproduction: Reproduction, canvas: Canvas): string {
  return renderTerminal(reproductionReport(reproduction), canvas);
}

export function reproductionMarkdown(reproduction: Reproduction, options?: MarkdownOptions): string {
  return renderMarkdown(reproductionReport(reproduction), options);
}

/** Rows of the table of differences; the JSON has them all. */
const rowsAtMost = 40;

function reproductionReport(reproduction: Reproduction): readonly Block[] {
  const { differences, environment, explanations, notes, folder } = reproduction;
  return [
    { kind: 'paragraph', line: headline(reproduction) },
    ...differenceTable(differences),
    ...list(
      'What could explain it',
      explanations.map((each) => line(each)),
    ),
    ...list(
      'Environment',
      environment.map(({ name, recorded, reproduced }) => line(`${name}: ${recorded} → ${reproduced}`)),
    ),
    ...list(
      'Notes',
      notes.map((each) => line(each)),
    ),
    { kind: 'paragraph', line: footer(reproduction) },
    ...(folder === undefined
      ? []
      : [{ kind: 'paragraph', line: line('Kept in ', span(folder, 'name')) } satisfies Block]),
  ];
}

function headline({ identical, run, commit, pipeline, differences }: Reproduction): Line {
  const subject = line(span(pipeline, 'strong'), '  run ', span(run, 'name'), ` at ${commit.slice(0, 7)}`);
  return identical
    ? [
        ...line(verdictMark('pass'), ' ', span('identical', 'good'), '  '),
        ...subject,
        ...line(' came out the same to the last digit'),
      ]
    : [
        ...line(verdictMark('fail'), ' ', span('differs', 'bad'), '  '),
        ...subject,
        ...line(` came out otherwise in ${counted(differences.length, 'place')}`),
      ];
}

function differenceTable(differences: readonly Difference[]): readonly Block[] {
  if (differences.length === 0) return [];
  const more = differences.length - rowsAtMost;
  return [
    { kind: 'heading', text: 'Differences' },
    {
      kind: 'table',
      columns: [
        { title: 'what', align: 'left', atLeast: 16 },
        { title: 'recorded', align: 'left', atLeast: 10 },
        { title: 'reproduced', align: 'left', atLeast: 10 },
        { title: 'difference', align: 'left' },
      ],
      rows: differences
        .slice(0, rowsAtMost)
        .map((difference) => [
          nameOf(difference),
          side(difference.recorded),
          side(difference.reproduced),
          line(span(commentOn(difference), 'quiet')),
        ]),
    },
    ...(more > 0
      ? [{ kind: 'paragraph', line: line(span(`… and ${more} more: see --json`, 'quiet')) } satisfies Block]
      : []),
  ];
}

function nameOf(difference: Difference): Line {
  switch (difference.kind) {
    case 'dataset':
      return line(span(difference.dataset, 'term'), ' fingerprint');
    case 'ending':
      return line(span(difference.step, 'term'), ' ended');
    case 'inputs':
      return line(span(difference.step, 'term'), ' inputs');
    case 'output':
      return line(span(difference.step, 'term'), ` ${difference.output}`);
    case 'model':
      return line('chosen model');
    case 'value':
      return line(span(difference.step, 'term'), ` ${difference.name}`);
    case 'gate':
      return line('gate ', gateName(difference.gate));
    case 'verdict':
      return line('the run');
  }
}

/** `metric roc_auc, min 0.85`, of its canonical JSON. */
function gateName(gate: string): string {
  return Object.entries(JSON.parse(gate) as Record<string, unknown>)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
}

function side(value: unknown): Line {
  if (value === undefined) return line(span('none', 'quiet'));
  return line(/^sha256:/.test(String(value)) ? shortDigest(String(value)) : shownScalar(value));
}

function commentOn(difference: Difference): string {
  if (difference.kind === 'value' && difference.by !== undefined) {
    return `${difference.by > 0 ? '+' : ''}${Number(difference.by.toPrecision(3))}`;
  }
  return difference.kind === 'ending' ? (difference.failure ?? '') : '';
}

function footer({ compared, seconds: took }: Reproduction): Line {
  const { files, outputs, models, values, gates } = compared;
  const counts = [
    counted(files, 'data file'),
    counted(outputs, 'output'),
    counted(models, 'model'),
    counted(values, 'measured value'),
    counted(gates, 'gate'),
  ];
  return line(span(`compared: ${counts.join(', ')}; in ${seconds(took)}`, 'quiet'));
}

function list(text: string, items: readonly Line[]): readonly Block[] {
  return items.length === 0
    ? []
    : [
        { kind: 'heading', text },
        { kind: 'list', items },
      ];
}
