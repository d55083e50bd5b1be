export type { BaselineQuestion, ResolvedBaseline } from './baseline.ts';
export { baselineRun, modelOf, previousRun } from './baseline.ts';
export { diffRuns } from './diff/diff-runs.ts';
export type {
  Change,
  CheckDiff,
  ColumnChange,
  ColumnDiff,
  DataDiff,
  GateDiff,
  MetricDiff,
  ModelDiff,
  ModelSide,
  RunDiff,
  RunSummary,
  Sameness,
  StepDiff,
} from './diff/run-diff.ts';
export type { Discretion } from './discretion.ts';
export { discreetRecord } from './discretion.ts';
export type { RunsFailure } from './failures.ts';
export type { RunCircumstances } from './from-outcome.ts';
export { recordOf } from './from-outcome.ts';
export type { RunFilter, RunHistory, RunList } from './history.ts';
export { openRuns } from './history.ts';
export type {
  ChosenModel,
  CodeState,
  DataState,
  Environment,
  GatesRecord,
  ModelRecord,
  ModelSignature,
  RecordedEvaluation,
  RunId,
  RunRecord,
  StepRecord,
} from './record.ts';
export { newRunId, recordPath } from './run-id.ts';
export type { RunsPlace, WrittenRun } from './shelf.ts';
