import type { CheckDiff, ColumnChange, ColumnDiff, DataDiff } from '../runs/index.ts';
import type { Line } from './document.ts';
import { joined, line, span } from './document.ts';
import { count, counted, fixed, percent } from './numbers.ts';
import { verdictMark } from './verdict-words.ts';

/** One line of what happened to a dataset, then one a check and one a column that changed. */
export function dataLines(data: DataDiff): readonly Line[] {
  const name = span(data.dataset, 'term');
  if (data.change !== 'changed') return [line(name, ` was ${data.change}`)];
  const facts = [rowsOf(data), filesOf(data), contractOf(data), heldOutOf(data)].filter(
    (fact) => fact !== '',
  );
  const summary = facts.length === 0 ? 'has another fingerprint' : facts.join('; ');
  return [
    line(name, `: ${summary}`),
    ...data.checks.map(checkLine),
    ...data.columns.slice(0, 20).map(columnLine),
  ];
}

function rowsOf({ rows }: DataDiff): string {
  if (rows === undefined) return '';
  if (rows.base === rows.head) return counted(rows.head, 'row');
  const difference = rows.head - rows.base;
  return `${count(rows.base)} → ${counted(rows.head, 'row')} (${difference > 0 ? '+' : '-'}${count(Math.abs(difference))})`;
}

function filesOf({ files }: DataDiff): string {
  const parts = [
    files.added === 0 ? '' : `${counted(files.added, 'file')} added`,
    files.removed === 0 ? '' : `${counted(files.removed, 'file')} removed`,
    files.changed === 0 ? '' : `${counted(files.changed, 'file')} changed`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function contractOf({ contract }: DataDiff): string {
  if (contract === undefined) return '';
  const { base = 'none', head = 'none' } = contract;
  return base === head ? `contract changed, still version ${head}` : `contract ${base} → ${head}`;
}

function heldOutOf({ heldOut }: DataDiff): string {
  return heldOut === 'different' ? 'other held-out rows' : '';
}

function checkLine({ rule, column, expected, base, head }: CheckDiff): Line {
  const side = (it: CheckDiff['base']) =>
    it === undefined ? 'not checked' : `${it.verdict}, ${count(it.failed)} broken`;
  const what = column === undefined ? rule : `${column}: ${rule}`;
  const mark = head === undefined ? span('–', 'quiet') : verdictMark(head.verdict);
  return line('  ', mark, ` ${what} ${expected}: ${side(base)} → ${side(head)}`);
}

/** What is different about a column, a text each. */
export function columnDetails({ details }: ColumnDiff): readonly string[] {
  return details.map((each) =>
    detail(each)
      .map(({ text }) => text)
      .join(''),
  );
}

function columnLine({ column, change, details }: ColumnDiff): Line {
  if (change !== 'changed') return line('  column ', span(column, 'term'), ` was ${change}`);
  return line('  column ', span(column, 'term'), ': ', ...joined(details.map(detail), ', '));
}

function detail(change: ColumnChange): Line {
  switch (change.kind) {
    case 'type':
      return line(`type ${change.base} → ${change.head}`);
    case 'missing':
      return line(`missing ${percent(change.base)} → ${percent(change.head)}`);
    case 'shifted':
      return line(
        `median ${plain(change.base)} → ${plain(change.head)} (shifted by ${fixed(change.distance, 2)} of its distribution)`,
      );
    case 'values':
      return line([...values('new', change.added), ...values('gone', change.removed)].join(', '));
    case 'share':
      return line(`"${change.value}" ${percent(change.base)} → ${percent(change.head)}`);
  }
}

function values(what: string, list: readonly string[]): readonly string[] {
  if (list.length === 0) return [];
  const shown = list.slice(0, 5).map((value) => `"${value}"`);
  return [`${what}: ${shown.join(' ')}${list.length > 5 ? ` and ${count(list.length - 5)} more` : ''}`];
}

function plain(value: number): string {
  return String(Number(value.toPrecision(4)));
}
