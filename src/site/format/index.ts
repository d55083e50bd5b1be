/**
 * The files below `data/` of a site, which its pages read. Nothing here needs Node: the pages import it too.
 * Every file has a `version`; paths are relative to `data/`.
 */

export { momentOf } from '../../registry/moment-text.ts';
export type {
  AnswersFile,
  ComparedRun,
  CompareFile,
  CurvesFile,
  LearningFile,
  NotMeasured,
  PairedAnswer,
  PairedQuestion,
  RunComparison,
} from './compare.ts';
export { artifactFile, compareFile, pairing, shortName } from './compare.ts';
export type {
  DatasetColumn,
  DatasetContract,
  DatasetFile,
  DatasetSource,
  DatasetSpan,
  DatasetState,
  DatasetsFile,
  DatasetVersion,
  DatasetWords,
  ListedDataset,
  UsedBy,
} from './datasets.ts';
export { datasetsFile } from './datasets.ts';
export { mainMetricOf, usualMetric } from './main-metric.ts';
export type { CardColumn, CardData, CardFacts, CardMetric, CardSlice } from './model-card.ts';
export type {
  ApprovalFacts,
  DeployedFacts,
  DeploymentFacts,
  GateFacts,
  ListedModel,
  ListedStage,
  MainMetric,
  ModelEvent,
  ModelFile,
  ModelsFile,
  ProvenanceFacts,
  RequestFacts,
  StageFacts,
  StandingVersion,
  VersionFacts,
} from './models.ts';
export { modelsFile } from './models.ts';
export type { PastStages, StageSpan } from './models-at.ts';
export { spansOf, stagesAt } from './models-at.ts';
export type { MetricDefinition } from './numbers.ts';
export {
  bytes,
  count,
  counted,
  decimalsOf,
  fixed,
  improvement,
  metricDefinition,
  metricDefinitions,
  percent,
  residualShares,
  seconds,
  shortDigest,
  shownDifference,
  shownEstimate,
  shownScalar,
  shownValue,
} from './numbers.ts';
export type { NewestRun, OverviewFile, PipelineFacts } from './overview.ts';
export { overviewFile } from './overview.ts';
export type {
  CheckResult,
  ChosenModel,
  CodeState,
  ColumnChange,
  ColumnProfile,
  ContractVerdict,
  Curves,
  DataProfile,
  DataState,
  Digest,
  Estimate,
  Evaluation,
  FeatureImportance,
  GateResult,
  JsonScalar,
  MetricDifferences,
  ModelRecord,
  PairedDifference,
  RecordedEvaluation,
  RunId,
  RunNote,
  RunRecord,
  ServiceLevel,
  SliceEvaluation,
  StepRecord,
  Verdict,
} from './record.ts';
export type {
  RunsColumn,
  RunsColumnKind,
  RunsManifest,
  RunsShard,
  ShardColumn,
  ShardPlace,
} from './runs-index.ts';
export { eachValue, recordFile, runsManifestFile, shardsOf, shardValue } from './runs-index.ts';
export type {
  Column,
  Condition,
  Field,
  Literal,
  Name,
  Operator,
  Predicate,
  ProfileDrift,
  RunTable,
  StateDiff,
} from './runs-query.ts';
export {
  cellKinds,
  compareValues,
  compileWhere,
  csvLine,
  diffStates,
  fieldOf,
  fieldValue,
  heldOutSameness,
  mainMetric,
  parseName,
  parseWhere,
  profileDrift,
  valueAt,
  WhereMistake,
  withoutFormula,
} from './runs-query.ts';
export type { SiteFile } from './site-file.ts';
export { siteFile } from './site-file.ts';
export type { LogFacts, StoreAt, StoreFile } from './step-logs.ts';
export { logFile, storeFile } from './step-logs.ts';
export type {
  AnsweredBatch,
  BatchRow,
  TriedBatch,
  TriedRow,
  TryFile,
  TryOut,
  TryQuestion,
  TryReply,
  TryUrls,
} from './try-it.ts';
export { csvLimits } from './try-it.ts';
