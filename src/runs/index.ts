export type { Annotated, Annotation } from './annotate.ts';
export type { BaselineQuestion, ResolvedBaseline } from './baseline.ts';
export { baselineRun, isRunBaseline, modelOf, previousRun } from './baseline.ts';
export { decodeRecord } from './check-record.ts';
export type { FeatureDiff } from './diff/diff-features.ts';
export { diffFeatures } from './diff/diff-features.ts';
export { diffRuns } from './diff/diff-runs.ts';
export type { ColumnDrift, ProfileDrift } from './diff/drift.ts';
export { profileDrift } from './diff/drift.ts';
export { heldOutDigest, heldOutSameness } from './diff/held-out.ts';
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
export { csvLine, withoutFormula } from './export/csv.ts';
export type { Exported, ExportFormat, ExportOptions, ReadRecords } from './export/export.ts';
export type { ExportFailure } from './export/failures.ts';
export { exportCancelled } from './export/failures.ts';
export { writeExport } from './export/write-export.ts';
export type { RunsFailure } from './failures.ts';
export type { RunCircumstances } from './from-outcome.ts';
export { recordOf } from './from-outcome.ts';
export type { IndexedRecord, RunFilter, RunHistory, RunList } from './history.ts';
export { openRuns } from './history.ts';
export { newestRunOn } from './newest-on.ts';
export type { NoteEntry, RunNote, RunNotes } from './notes.ts';
export type { Pruned, PrunedRun, PruneRequest } from './prune/prune.ts';
export { pruneRuns } from './prune/prune.ts';
export type {
  GroupedRuns,
  ListedEstimate,
  ListedRun,
  RunAnswer,
  RunGroup,
  RunQuestion,
} from './query/run-question.ts';
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
export type { BringBaselinesOptions, BroughtBaselines } from './reproduction/bring-baselines.ts';
export { bringBaselines } from './reproduction/bring-baselines.ts';
export type { BringOptions, BroughtFile } from './reproduction/bring-data.ts';
export { bringData } from './reproduction/bring-data.ts';
export type { CheckOutOptions } from './reproduction/check-out.ts';
export { checkOut } from './reproduction/check-out.ts';
export type { CompareOptions, Comparison } from './reproduction/compare-runs.ts';
export { compareRuns } from './reproduction/compare-runs.ts';
export type { ExplainOptions } from './reproduction/explain.ts';
export { environmentChanges, explain } from './reproduction/explain.ts';
export type { ReproductionFailure } from './reproduction/failures.ts';
export { reproductionCancelled } from './reproduction/failures.ts';
export type { KeepOptions, KeptSources } from './reproduction/keep-sources.ts';
export { keepSources } from './reproduction/keep-sources.ts';
export type { PipelineAtQuestion } from './reproduction/pipeline-at.ts';
export { pipelineAt } from './reproduction/pipeline-at.ts';
export { reproducibleCommit } from './reproduction/reproducible-commit.ts';
export type { Compared, Difference, EnvironmentChange, Reproduction } from './reproduction/reproduction.ts';
export type { ReproductionFolder } from './reproduction/reproduction-folder.ts';
export { openReproductionFolder, projectPath } from './reproduction/reproduction-folder.ts';
export { newRunId, recordPath } from './run-id.ts';
export type { RunIndex } from './run-index/run-index.ts';
export type { RunsPlace, WrittenRun } from './shelf.ts';
export { addedFiles } from './sync/added-files.ts';
export type { SyncFailure } from './sync/failures.ts';
export { noRemote, noRepository } from './sync/failures.ts';
export { gitBranchWriter } from './sync/git-branch-writer.ts';
export type { Synced, SyncRequest } from './sync/sync.ts';
export { syncRuns } from './sync/sync.ts';
export type { TargetAnswer, TargetBaseline, TargetQuestion } from './target-baseline.ts';
export { newestRunOf, targetBaseline } from './target-baseline.ts';
