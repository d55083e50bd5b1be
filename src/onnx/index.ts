export { collectAnswers } from './answers.ts';
export type { ModelParts, OutputPort } from './build.ts';
export { buildModel } from './build.ts';
export type { OnnxFailure } from './failures.ts';
export { feedRows, planFeeds } from './feeds.ts';
export type { Attribute, Constant, GraphBuilder } from './graph.ts';
export type { Graph } from './graph-builder.ts';
export { createGraphBuilder } from './graph-builder.ts';
export type {
  ClassPrediction,
  ModelInfo,
  Port,
  Prediction,
  Task,
  TensorType,
  ValuePrediction,
} from './model.ts';
export type { Predictor } from './predictor.ts';
export { openPredictor } from './predictor.ts';
export type { OutputRoles } from './read.ts';
export { outputRoles, readModel, repairModel } from './read.ts';
export { runOutput } from './run-output.ts';
