import type { Verdict } from '../base/index.ts';
import type { DecidedCheck, Decision, RegistryEvent, TaggedEvent } from '../registry/index.ts';
import type { Canvas } from './canvas.ts';
import type { Block, Line } from './document.ts';
import { line, span } from './document.ts';
import type { MarkdownOptions } from './render-markdown.ts';
import { renderMarkdown } from './render-markdown.ts';
import { renderTerminal } from './render-terminal.ts';
import { verdictMark } from './verdict-words.ts';

/** What became of a decision. */
export type DecisionOutcome = 'done' | 'refused' | 'already' | 'would';

export interface ShownDecision {
  readonly decision: Decision;
  readonly outcome: DecisionOutcome;
  /** What was written. */
  readonly event?: TaggedEvent;
  readonly why?: string;
}

/** A whole decision for a terminal: what is asked, every condition with its reason, and what came of it. */
export function decisionText(shown: ShownDecision, canvas: Canvas): string {
  return renderTerminal(blocksOf(shown), canvas);
}

/** The same for a job's summary or a comment. */
export function decisionMarkdown(shown: ShownDecision, options?: MarkdownOptions): string {
  return renderMarkdown(blocksOf(shown), options);
}

function blocksOf({ decision, outcome, event, why }: ShownDecision): readonly Block[] {
  const { model, name, stage, replaces, request } = decision;
  const asked = request === undefined ? [] : [line('Asked for by the tag ', span(request, 'name'), '.')];
  const reason = why === undefined ? [] : [line('Why: ', why)];
  const there = replaces === undefined ? 'empty' : replaces;
  return [
    {
      kind: 'heading',
      text: `${model} ${name ?? '(no version)'} → ${stage}: ${outcomeWord(decision, outcome)}`,
    },
    {
      kind: 'paragraph',
      line: [
        ...line('by ', span(decision.by.name, 'strong'), ` (${proofWord(decision)}); until now: `),
        span(there, 'term'),
      ],
    },
    ...[...asked, ...reason].map((each): Block => ({ kind: 'paragraph', line: each })),
    { kind: 'list', items: checkLines(decision.checks) },
    { kind: 'paragraph', line: ending(decision, outcome, event) },
  ];
}

/** One line a condition: a mark, its name, and the reason. */
export function checkLines(checks: readonly DecidedCheck[]): readonly Line[] {
  const width = Math.max(0, ...checks.map(({ check }) => checkWord(check).length));
  return checks.map(({ check, verdict, because }) =>
    line(verdictMark(verdict), ' ', span(checkWord(check).padEnd(width), 'quiet'), '  ', because),
  );
}

function checkWord(check: DecidedCheck['check']): string {
  switch (check) {
    case 'stage-order':
      return 'stage';
    case 'model':
      return 'rows';
    default:
      return check;
  }
}

function proofWord({ by }: Decision): string {
  switch (by.proof) {
    case 'signature':
      return 'signed';
    case 'forge':
      return 'account of the job';
    case 'nobody':
      return 'nobody vouches for it';
  }
}

function outcomeWord({ cause }: Decision, outcome: DecisionOutcome): string {
  const verb = cause === 'rollback' ? 'rolled back' : 'promoted';
  switch (outcome) {
    case 'done':
      return verb;
    case 'would':
      return `would be ${verb}`;
    case 'already':
      return 'nothing to do';
    case 'refused':
      return 'refused';
  }
}

function ending(decision: Decision, outcome: DecisionOutcome, event: TaggedEvent | undefined): Line {
  const { name, stage, checks, replaces } = decision;
  const recorded = event === undefined ? [] : [' Recorded as ', span(event.tag, 'name'), '.'];
  switch (outcome) {
    case 'done': {
      const instead = replaces === undefined ? '' : ` instead of ${replaces}`;
      return line(span(`${name} stands in ${stage} now${instead}.`, 'good'), ...recorded);
    }
    case 'would':
      return line('Every condition is met; nothing was written.');
    case 'already':
      return line(
        `${name} stands in ${stage} already.`,
        ...(event === undefined ? [' Nothing was written.'] : recorded),
      );
    case 'refused':
      return line(
        span(`Refused for ${reasons(checks.map(({ verdict }) => verdict))}.`, 'bad'),
        ...(event === undefined ? [' Nothing was written.'] : recorded),
      );
  }
}

function reasons(verdicts: readonly Verdict[]): string {
  const failing = verdicts.filter((verdict) => verdict === 'fail').length;
  const open = verdicts.filter((verdict) => verdict === 'inconclusive').length;
  const parts = [
    ...(failing === 0 ? [] : [`${failing} ${failing === 1 ? 'reason' : 'reasons'}`]),
    ...(open === 0 ? [] : [`${open} ${open === 1 ? 'thing that is' : 'things that are'} not known`]),
  ];
  return parts.join(' and ');
}

/** What a tag was told before. */
export function answeredText(
  event: TaggedEvent<Extract<RegistryEvent, { kind: 'assign' | 'unassign' }>>,
  canvas: Canvas,
): string {
  const { event: said, tag } = event;
  const name = said.name ?? '(no version)';
  const request = said.request ?? tag;
  const verb = said.kind === 'assign' ? 'completed' : 'refused';
  const blocks: Block[] = [
    { kind: 'heading', text: `${said.model} ${name} → ${said.stage}: decided already` },
    {
      kind: 'paragraph',
      line: line(
        'The tag ',
        span(request, 'name'),
        ` was ${verb} by `,
        span(tag, 'name'),
        `, asked for by ${said.by.name}, on ${said.at}.`,
      ),
    },
    { kind: 'list', items: checkLines(said.checks) },
  ];
  return renderTerminal(said.checks.length === 0 ? blocks.slice(0, 2) : blocks, canvas);
}
