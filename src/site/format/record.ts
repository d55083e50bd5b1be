/** What a run's record is made of: `recordFile()` holds it byte by byte as it is in Git. */
export type { Digest, JsonScalar, Verdict } from '../../base/index.ts';
export type { CheckResult, ContractVerdict, ServiceLevel } from '../../contract/index.ts';
export type { ColumnProfile, DataProfile } from '../../data/index.ts';
export type {
  Curves,
  Estimate,
  Evaluation,
  FeatureImportance,
  GateResult,
  MetricDifferences,
  PairedDifference,
  SliceEvaluation,
} from '../../evaluate/index.ts';
export type {
  ChosenModel,
  CodeState,
  ColumnChange,
  DataState,
  ModelRecord,
  RecordedEvaluation,
  RunId,
  RunNote,
  RunRecord,
  StepRecord,
} from '../../runs/index.ts';
