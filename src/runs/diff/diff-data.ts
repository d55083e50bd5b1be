import type { CheckResult } from '../../contract/index.ts';
import type { DataState, RunRecord } from '../record.ts';
import { diffColumns } from './diff-columns.ts';
import { heldOutSameness } from './held-out.ts';
import type { CheckDiff, DataDiff } from './run-diff.ts';

/** What differs between two states of a dataset, without what only whole runs tell. */
export type StateDiff = Omit<DataDiff, 'dataset' | 'change' | 'heldOut'>;

export function diffStates(before: DataState | undefined, after: DataState | undefined): StateDiff {
  const newContract = before?.contract?.digest !== after?.contract?.digest;
  return {
    ...(before?.rows && after?.rows ? { rows: { base: before.rows.total, head: after.rows.total } } : {}),
    files: diffFiles(before, after),
    ...(newContract ? { contract: contractVersions(before, after) } : {}),
    checks: before !== undefined && after !== undefined ? diffChecks(before, after) : [],
    columns: diffColumns(before?.profile, after?.profile),
  };
}

export function diffData(base: RunRecord, head: RunRecord): readonly DataDiff[] {
  const names = [...new Set([...Object.keys(head.data), ...Object.keys(base.data)])];
  return names.flatMap((dataset) => {
    const [before, after] = [base.data[dataset], head.data[dataset]];
    const heldOut = heldOutSameness(base, head, dataset);
    const parts = diffStates(before, after);
    const diff: DataDiff = {
      dataset,
      change: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
      heldOut,
      ...parts,
    };
    const same =
      diff.change === 'changed' &&
      before?.fingerprint === after?.fingerprint &&
      heldOut !== 'different' &&
      parts.contract === undefined &&
      Object.values(parts.files).every((count) => count === 0) &&
      parts.checks.length + parts.columns.length === 0;
    return same ? [] : diff;
  });
}

function contractVersions(
  before: DataState | undefined,
  after: DataState | undefined,
): DataDiff['contract'] & {} {
  return {
    ...(before?.contract === undefined ? {} : { base: before.contract.version }),
    ...(after?.contract === undefined ? {} : { head: after.contract.version }),
  };
}

function diffFiles(before: DataState | undefined, after: DataState | undefined): DataDiff['files'] {
  const old = new Map((before?.files ?? []).map((file) => [file.path, file.digest]));
  const now = new Map((after?.files ?? []).map((file) => [file.path, file.digest]));
  const paths = [...now.keys()];
  return {
    added: paths.filter((path) => !old.has(path)).length,
    removed: [...old.keys()].filter((path) => !now.has(path)).length,
    changed: paths.filter((path) => old.has(path) && old.get(path) !== now.get(path)).length,
  };
}

function diffChecks(before: DataState, after: DataState): readonly CheckDiff[] {
  const old = byKey(before);
  const now = byKey(after);
  return [...new Set([...now.keys(), ...old.keys()])].flatMap((key) => {
    const [a, b] = [old.get(key), now.get(key)];
    if (a?.verdict === b?.verdict && a?.failed === b?.failed) return [];
    const { rule, column, expected } = (b ?? a)!;
    return {
      rule,
      expected,
      ...(column === undefined ? {} : { column }),
      ...(a === undefined ? {} : { base: { verdict: a.verdict, failed: a.failed } }),
      ...(b === undefined ? {} : { head: { verdict: b.verdict, failed: b.failed } }),
    };
  });
}

function byKey(state: DataState): ReadonlyMap<string, CheckResult> {
  return new Map(
    (state.checks?.checks ?? []).map((check) => [
      `${check.rule}\0${check.column ?? ''}\0${check.expected}`,
      check,
    ]),
  );
}
