import type { Block, Line } from '../../document.ts';
import { joined, line, span } from '../../document.ts';
import { bytes, count, counted, shortDigest } from '../../numbers.ts';
import type {
  PullReport,
  ReportedContract,
  ReportedData,
  ReportedFeature,
  ReportedModelSide,
} from '../pull-report.ts';
import { heading, small } from './judged-sections.ts';
import type { Section } from './section.ts';
import { folded, section } from './section.ts';
import { shownText, term } from './words.ts';

const mostRows = 40;

export function paramsSection({ params }: PullReport): readonly Section[] {
  return section(
    'Parameters',
    3,
    changeTable(
      'Parameters',
      { what: 'Parameter', absent: 'not set' },
      params.map(({ name, ...sides }) => ({ names: [name], ...sides })),
    ),
  );
}

export function featuresSection({ features }: PullReport): readonly Section[] {
  const groups = new Map<string, ReportedFeature[]>();
  for (const feature of features) {
    const key = JSON.stringify([feature.base ?? null, feature.head ?? null]);
    groups.set(key, [...(groups.get(key) ?? []), feature]);
  }
  const changes = [...groups.values()].map((group) => {
    const { column, ...sides } = group[0]!;
    return { names: group.map((each) => each.column), ...sides };
  });
  return section('Features', 4, changeTable('Features', { what: 'Columns', absent: 'not used' }, changes));
}

interface Change {
  readonly names: readonly string[];
  readonly base?: string;
  readonly head?: string;
}

/** Names in a cell; what they have in common is beside them. */
const mostNames = 12;

function changeTable(
  title: string,
  { what, absent }: { readonly what: string; readonly absent: string },
  changes: readonly Change[],
): readonly Block[] {
  if (changes.length === 0) return [];
  const cell = (value: string | undefined): Line => line(value === undefined ? absent : shownText(value));
  const cellOf = (names: readonly string[]): Line => [
    ...joined(
      names.slice(0, mostNames).map((name) => line(term(name))),
      ' ',
    ),
    ...line(names.length > mostNames ? ` and ${count(names.length - mostNames)} more` : ''),
  ];
  return [
    heading(title),
    {
      kind: 'table',
      columns: [
        { title: what, align: 'left' },
        { title: 'Was', align: 'left' },
        { title: 'Now', align: 'left' },
      ],
      rows: changes
        .slice(0, mostRows)
        .map(({ names, base, head }) => [cellOf(names), cell(base), cell(head)]),
    },
    ...(changes.length > mostRows ? [small(`And ${count(changes.length - mostRows)} more.`)] : []),
  ];
}

export function dataSection({ data, base }: PullReport): readonly Section[] {
  const changed = data.filter(({ change }) => base.kind !== 'none' && change !== 'same');
  const blocks = changed.flatMap(datasetBlocks);
  return section('Data', 3, blocks.length === 0 ? [] : [heading('Data'), ...blocks]);
}

function datasetBlocks(data: ReportedData): readonly Block[] {
  const { dataset, change, columns, contract, drift } = data;
  if (change !== 'changed') return [{ kind: 'list', items: [line(term(dataset), ` was ${change}`)] }];
  const rules = contract?.rules ?? [];
  const items: Line[] = [
    line(term(dataset), ': ', rowsText(data), filesText(data), ...fingerprintText(data)),
    ...contractLines(contract),
    ...driftLines(drift),
  ];
  const details: Line[] = [
    ...rules
      .slice(0, mostRows)
      .map(({ rule, column, base, head }) =>
        line(
          ...(column === undefined ? [] : [term(column), ' ']),
          `${shownText(rule)}: ${base === undefined ? 'not asked for' : shownText(base, 120)} → ${head === undefined ? 'no longer asked for' : shownText(head, 120)}`,
        ),
      ),
    ...columns
      .slice(0, mostRows)
      .map(({ column, change: how, details: texts }) =>
        how === 'changed'
          ? line('column ', term(column), ': ', shownText(texts.join('; '), 200))
          : line('column ', term(column), ` was ${how}`),
      ),
  ];
  const summary = [
    ...(rules.length === 0 ? [] : [counted(rules.length, 'rule of the contract', 'rules of the contract')]),
    ...(columns.length === 0 ? [] : [counted(columns.length, 'column')]),
  ].join(' and ');
  return [
    { kind: 'list', items },
    ...folded(
      `What changed in ${shownText(dataset, 40)}: ${summary}`,
      details.length === 0 ? [] : [{ kind: 'list', items: details }],
    ),
  ];
}

function rowsText({ rows, heldOutRows }: ReportedData): string {
  const heldOut = heldOutRows === undefined ? '' : `, ${count(heldOutRows)} held out`;
  if (rows.head === undefined) return 'not read to the end, because the run stopped';
  if (rows.base === undefined || rows.base === rows.head) return `${counted(rows.head, 'row')}${heldOut}`;
  const difference = rows.head - rows.base;
  const sign = difference > 0 ? '+' : '-';
  return `${count(rows.base)} → ${counted(rows.head, 'row')} (${sign}${count(Math.abs(difference))})${heldOut}`;
}

function filesText({ files }: ReportedData): string {
  const parts = (['added', 'removed', 'changed'] as const)
    .filter((how) => files[how] > 0)
    .map((how) => `${counted(files[how], 'file')} ${how}`);
  return parts.length === 0 ? '' : `; ${parts.join(', ')}`;
}

function fingerprintText({ fingerprint: { base, head } }: ReportedData): Line {
  if (base === undefined || head === undefined) return [];
  if (base === head) return line('; the same fingerprint ', span(shortDigest(head), 'term'));
  return line('; fingerprint ', span(shortDigest(base), 'term'), ' → ', span(shortDigest(head), 'term'));
}

function contractLines(contract: ReportedContract | undefined): readonly Line[] {
  if (contract === undefined) return [];
  const { base = 'none', head = 'none', changed, broken, checks } = contract;
  const held =
    contract.verdict === undefined
      ? ''
      : `; ${count(checks - broken.length)} of ${counted(checks, 'check')} hold`;
  if (!changed) return [line(`  contract ${shownText(head, 40)}, unchanged${held}`)];
  const version =
    base === head
      ? `still version ${shownText(head, 40)}`
      : `${shownText(base, 40)} → ${shownText(head, 40)}`;
  return [line(`  contract changed, ${version}${held}`)];
}

const mostDrift = 8;

/** What chance alone would reach stands beside it: a number that nobody can place is no help. */
function driftLines(drift: ReportedData['drift']): readonly Line[] {
  if (drift === undefined) return [];
  if (drift.because !== undefined) return [line(`  drift not judged: ${shownText(drift.because, 200)}`)];
  if (drift.columns.length === 0) {
    return [line(`  no drift against the baseline's data in ${counted(drift.compared, 'column')} (PSI)`)];
  }
  const parts = drift.columns
    .slice(0, mostDrift)
    .map(({ column, psi, level }) => line(term(column), ` (${level}, PSI ${tidy(psi)})`));
  const floor = Math.max(...drift.columns.map((each) => each.floor));
  const more =
    drift.columns.length > mostDrift ? `, and ${count(drift.columns.length - mostDrift)} more` : '';
  return [
    line(
      '  ',
      span('drift', 'doubtful'),
      ` against the baseline's data in ${drift.columns.length} of ${counted(drift.compared, 'column')}: `,
      ...joined(parts, ', '),
      `${more}; by chance alone below ${tidy(floor)}`,
    ),
  ];
}

function tidy(value: number): string {
  return Number.isFinite(value) && Math.abs(value) < 1e6
    ? String(Number(value.toPrecision(2)))
    : 'very large';
}

/** Which model, how large and how fast; sizes and times on one machine say little of another. */
export function modelSection(report: PullReport): readonly Section[] {
  const { model, head } = report;
  if (model === undefined) return [];
  const { base: before, head: after, change } = model;
  // That there is none, the verdict says.
  if (after === undefined) return [];
  const items: Line[] = [
    change === 'same' || before === undefined
      ? line(
          'from ',
          term(after.step),
          ', digest ',
          span(shortDigest(after.digest), 'term'),
          change === 'same' ? ', the same bytes' : '',
        )
      : line(
          'from ',
          ...(before.step === after.step ? [] : [term(before.step), ' → ']),
          term(after.step),
          ', digest ',
          span(shortDigest(before.digest), 'term'),
          ' → ',
          span(shortDigest(after.digest), 'term'),
        ),
    line(
      'size ',
      arrow(change === 'same' ? undefined : before, after, ({ bytes: size }) => bytes(size)),
    ),
    ...(after.latency === undefined
      ? []
      : [
          line(
            'latency ',
            arrow(before?.latency === undefined ? undefined : before, after, ({ latency }) =>
              microseconds(latency!.singleRow),
            ),
            ` for one row, ${microseconds(after.latency.perRowInBatch)} a row in a batch of ${count(after.latency.batchRows)} (median, on the machine of each run; this one ${shownText(head.platform, 40)})`,
          ),
        ]),
    ...columnsLine('reads now ', model.inputsAdded),
    ...columnsLine('no longer reads ', model.inputsRemoved),
  ];
  return section('Model', 3, [heading('Model'), { kind: 'list', items }]);
}

function columnsLine(words: string, columns: readonly string[]): readonly Line[] {
  if (columns.length === 0) return [];
  const names = columns.slice(0, 10).map((column) => line(term(column)));
  const more = columns.length > 10 ? `, and ${count(columns.length - 10)} more` : '';
  return [line(words, ...joined(names, ', '), more)];
}

function arrow(
  before: ReportedModelSide | undefined,
  after: ReportedModelSide,
  shown: (side: ReportedModelSide) => string,
): string {
  return before === undefined || shown(before) === shown(after)
    ? shown(after)
    : `${shown(before)} → ${shown(after)}`;
}

function microseconds(value: number): string {
  if (value >= 1e9) return `${count(Math.min(value, 1e15) / 1e6)} s`;
  return value >= 1_000
    ? `${Number((value / 1_000).toPrecision(2))} ms`
    : `${Number(value.toPrecision(2))} µs`;
}
