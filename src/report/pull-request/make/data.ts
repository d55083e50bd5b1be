import type { CheckResult } from '../../../contract/index.ts';
import type { CheckDiff, DataDiff, DataState, RunDiff, RunRecord } from '../../../runs/index.ts';
import { profileDrift } from '../../../runs/index.ts';
import { columnDetails } from '../../diff-data-lines.ts';
import type {
  ReportedCheck,
  ReportedContract,
  ReportedData,
  ReportedDrift,
  ReportedRule,
} from '../pull-report.ts';
import { first, long, short } from './clip.ts';

/** Datasets that changed since the baseline, and those that break their contract whether they changed or not. */
export function reportedData(
  diff: RunDiff | undefined,
  head: RunRecord,
  base: RunRecord | undefined,
): readonly ReportedData[] {
  const names = [...new Set([...Object.keys(head.data), ...Object.keys(base?.data ?? {})])];
  const reported = names.flatMap((name) => {
    const [before, after] = [base?.data[name], head.data[name]];
    const change = diff?.data.find(({ dataset }) => dataset === name);
    const isBroken = (after?.checks?.checks ?? []).some(({ verdict }) => verdict !== 'pass');
    if (change === undefined && !isBroken && base !== undefined) return [];
    return reportedDataset(name, { before, after, change, alone: base === undefined });
  });
  return first(reported, 20);
}

interface Sides {
  readonly before: DataState | undefined;
  readonly after: DataState | undefined;
  readonly change: DataDiff | undefined;
  /** There is no baseline at all. */
  readonly alone: boolean;
}

function reportedDataset(dataset: string, { before, after, change, alone }: Sides): ReportedData {
  const contract = reportedContract(before, after, change);
  // A run that stopped before it read the data knows nothing of their files.
  const wasRead = after === undefined || after.files.length > 0 || after.rows !== undefined;
  const drift = driftOf(before, after, change);
  return {
    dataset: short(dataset),
    change: change?.change ?? (alone ? 'added' : 'same'),
    rows: sides(before?.rows?.total, after?.rows?.total),
    ...(after?.rows === undefined ? {} : { heldOutRows: after.rows.heldOut }),
    fingerprint: sides(before?.fingerprint, after?.fingerprint),
    files: (wasRead ? change?.files : undefined) ?? { added: 0, removed: 0, changed: 0 },
    ...(contract === undefined ? {} : { contract }),
    columns: first(change?.columns ?? [], 50).map((column) => ({
      column: short(column.column),
      change: column.change,
      details: first(columnDetails(column), 10).map(long),
    })),
    ...(drift === undefined ? {} : { drift }),
  };
}

function sides<T>(base: T | undefined, head: T | undefined): { readonly base?: T; readonly head?: T } {
  return { ...(base === undefined ? {} : { base }), ...(head === undefined ? {} : { head }) };
}

function reportedContract(
  before: DataState | undefined,
  after: DataState | undefined,
  change: DataDiff | undefined,
): ReportedContract | undefined {
  if (before?.contract === undefined && after?.contract === undefined) return undefined;
  const checks = after?.checks?.checks ?? [];
  const broken = checks.filter(({ verdict }) => verdict !== 'pass');
  return {
    ...(before?.contract === undefined ? {} : { base: short(before.contract.version) }),
    ...(after?.contract === undefined ? {} : { head: short(after.contract.version) }),
    changed: change?.contract !== undefined,
    ...(after?.checks === undefined ? {} : { verdict: after.checks.verdict }),
    checks: checks.length,
    broken: first(broken, 50).map((check) => reportedCheck(check, before)),
    rules: first(rulesOf(change?.checks ?? []), 100),
  };
}

function reportedCheck(check: CheckResult, before: DataState | undefined): ReportedCheck {
  const { rule, column, severity, verdict, expected, failed, examples, because } = check;
  const old = before?.checks?.checks.find(
    (each) => each.rule === rule && each.column === column && each.expected === expected,
  );
  const example = examples[0];
  return {
    ...{ rule, severity, verdict, failed },
    ...(column === undefined ? {} : { column: short(column) }),
    expected: long(because === undefined ? expected : `${expected}: ${because}`),
    ...(old === undefined ? {} : { before: old.failed }),
    ...(example === undefined ? {} : { file: long(example.file) }),
    ...(example?.line === undefined ? {} : { line: example.line }),
    ...(example?.value == null ? {} : { value: short(example.value) }),
  };
}

/** What a contract asks for now and did not before: a rule that came where another one of its kind went is one change. */
function rulesOf(checks: readonly CheckDiff[]): readonly ReportedRule[] {
  const added = checks.filter(({ base }) => base === undefined);
  const removed = checks.filter(({ head }) => head === undefined);
  const kind = ({ rule, column }: CheckDiff): string => `${rule}\0${column ?? ''}`;
  const of = (check: CheckDiff): { rule: string; column?: string } => ({
    rule: check.rule,
    ...(check.column === undefined ? {} : { column: short(check.column) }),
  });
  const rules: ReportedRule[] = [];
  const taken = new Set<CheckDiff>();
  for (const check of added) {
    const old = removed.find((each) => !taken.has(each) && kind(each) === kind(check));
    if (old !== undefined) taken.add(old);
    rules.push({
      ...of(check),
      ...(old === undefined ? {} : { base: long(old.expected) }),
      head: long(check.expected),
    });
  }
  for (const check of removed) {
    if (!taken.has(check)) rules.push({ ...of(check), base: long(check.expected) });
  }
  return rules;
}

function driftOf(
  before: DataState | undefined,
  after: DataState | undefined,
  change: DataDiff | undefined,
): ReportedDrift | undefined {
  if (change?.change !== 'changed' || before?.profile === undefined || after?.profile === undefined) {
    return undefined;
  }
  if (before.fingerprint === after.fingerprint) return undefined;
  const { compared, because, columns } = profileDrift(before.profile, after.profile);
  return {
    compared,
    ...(because === undefined ? {} : { because: long(because) }),
    columns: first(columns, 50).map((each) => ({ ...each, column: short(each.column) })),
  };
}
