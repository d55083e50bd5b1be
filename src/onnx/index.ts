export type { ModelParts, OutputPort } from './build.ts';
export { buildModel } from './build.ts';
export type { OnnxFailure } from './failures.ts';
export type { Attribute, Constant, GraphBuilder, NodeOptions } from './graph.ts';
export type { Graph, GraphNode, NamedConstant } from './graph-builder.ts';
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
export type { Predictor, PredictorOptions } from './predictor.ts';
export { openPredictor } from './predictor.ts';
export { readModel, repairModel } from './read.ts';
export type { RepairedModel } from './repair.ts';
export type { OutputRun } from './run-output.ts';
export { runOutput } from './run-output.ts';
