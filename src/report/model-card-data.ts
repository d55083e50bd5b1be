import type { DataState } from '../runs/index.ts';
import { modelOf } from '../runs/index.ts';
import type { Block, Line } from './document.ts';
import { joined, line, span } from './document.ts';
import type { ModelCardFacts } from './model-card-facts.ts';
import { markdownOf, paragraph } from './model-card-measured.ts';
import { count, percent, shortDigest } from './numbers.ts';
import { verdictSpan } from './verdict-words.ts';

/** Datasets with their split, and the columns that the model reads. No value of any row is told. */
export function dataSection(facts: ModelCardFacts): string {
  const { record } = facts;
  const states = Object.entries(record.data);
  if (states.length === 0) return '';
  return markdownOf([
    {
      kind: 'table',
      columns: [
        { title: 'dataset', align: 'left' },
        { title: 'rows', align: 'right' },
        { title: 'to train', align: 'right' },
        { title: 'held out', align: 'right' },
        { title: 'fingerprint', align: 'left' },
        { title: 'contract', align: 'left' },
      ],
      rows: states.map(([name, state]) => rowOf(name, state)),
    },
    paragraph(
      'Which rows are held out follows from a hash of their keys: a row never changes sides, also when the data grow.',
    ),
    ...shares(states),
    ...columnsRead(facts),
  ]);
}

function rowOf(name: string, { rows, fingerprint, contract, checks }: DataState): readonly Line[] {
  const judged = checks === undefined ? line(' (not checked)') : line(' (', verdictSpan(checks.verdict), ')');
  return [
    line(span(name, 'term')),
    line(rows === undefined ? '' : count(rows.total)),
    line(rows === undefined ? '' : count(rows.train)),
    line(rows === undefined ? '' : count(rows.heldOut)),
    line(fingerprint === undefined ? '' : span(shortDigest(fingerprint), 'term')),
    contract === undefined ? line('none') : line(`version ${contract.version}`, ...judged),
  ];
}

/** Of each stratum: the target's classes, as a rule. */
function shares(states: readonly (readonly [string, DataState])[]): readonly Block[] {
  return states.flatMap(([name, { strata, rows }]) => {
    if (strata.length === 0 || strata.length > 20 || rows === undefined) return [];
    const parts = strata.map(({ value, train, heldOut }) =>
      line(
        span(String(value), 'term'),
        ` ${percent(train / Math.max(1, rows.train))} of the rows to train and ${percent(heldOut / Math.max(1, rows.heldOut))} of those held out`,
      ),
    );
    return [paragraph('Shares in ', span(name, 'term'), ': ', ...joined(parts, '; '), '.')];
  });
}

function columnsRead({ record, personal }: ModelCardFacts): readonly Block[] {
  const inputs = modelOf(record)?.signature.inputs ?? [];
  const columns = new Map(
    Object.values(record.data).flatMap(({ profile }) =>
      (profile?.columns ?? []).map((column) => [column.name, { column, rows: profile!.rows }] as const),
    ),
  );
  const rows = inputs.slice(0, 200).map(({ name, type }) => {
    const known = columns.get(name);
    const isPersonal = personal.has(name) || known?.column.personal === true;
    return [
      line(span(name, 'term'), isPersonal ? ' (personal data)' : ''),
      line(known?.column.type ?? type),
      line(known === undefined || known.rows === 0 ? '' : percent(known.column.nulls / known.rows)),
    ];
  });
  if (rows.length === 0) return [];
  return [
    paragraph('It reads:'),
    {
      kind: 'table',
      columns: [
        { title: 'column', align: 'left' },
        { title: 'type', align: 'left' },
        { title: 'missing in the data', align: 'right' },
      ],
      rows,
    },
  ];
}
