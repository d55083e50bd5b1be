export type { BaselineQuestion, ResolvedBaseline } from './baseline.ts';
export { baselineRun, modelOf, previousRun } from './baseline.ts';
export type { Discretion } from './discretion.ts';
export { discreetRecord } from './discretion.ts';
export type { RunsFailure } from './failures.ts';
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
  RunId,
  RunRecord,
  StepRecord,
} from './record.ts';
export { isRunId, newRunId, recordPath } from './run-id.ts';
export type { RunsPlace, WrittenRun } from './shelf.ts';
