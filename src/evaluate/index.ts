export { bestByMetric } from './best.ts';
export { confusionOf } from './class-measurer.ts';
export { curvesOf } from './curves.ts';
export type { EvaluatedModels, EvaluateOptions } from './evaluate-models.ts';
export { evaluateModels } from './evaluate-models.ts';
export type {
  Candidate,
  ChoiceFile,
  Curves,
  Estimate,
  Evaluation,
  EvaluationFile,
  FeatureImportance,
  Latency,
  LatencyFile,
  MetricDifferences,
  PairedDifference,
  SliceEvaluation,
} from './evaluation.ts';
export type { EvaluateFailure } from './failures.ts';
export * as evaluateFailures from './failures.ts';
export type {
  Baseline,
  BaselineComparison,
  BaselineGate,
  Gate,
  GateReport,
  GateResult,
  SliceGate,
  ThresholdGate,
} from './gate.ts';
export type { BaselineAnswer, JudgeOptions } from './gates/judge-gates.ts';
export { judgeGates } from './gates/judge-gates.ts';
export { shownEstimate } from './gates/sentence.ts';
export { permutationImportance } from './importance.ts';
export { measureLatency } from './latency.ts';
export type { Measured, ResamplingOptions } from './measure.ts';
export { measure, measureOnce, pairedDifference } from './measure.ts';
export type { MetricDefinition } from './metric-definitions.ts';
export {
  improvement,
  mainMetricOf,
  metricDefinition,
  metricDefinitions,
  metricsOf,
} from './metric-definitions.ts';
export type { Predict } from './rows.ts';
export type { Question, RunnableModel } from './run-model.ts';
export { runModel } from './run-model.ts';
export type { ClassSample, Sample, ValueSample } from './sample.ts';
export { sampleMismatch } from './sample.ts';
export type { Slice, SliceSpec } from './slice.ts';
export { slicesOf } from './slice.ts';
export { sampleOf } from './truth.ts';
