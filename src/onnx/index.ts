export type { ModelParts, OutputPort } from './build.ts';
export { buildModel } from './build.ts';
export type { Attribute, Constant, GraphBuilder, NodeOptions } from './graph.ts';
export type { Graph, GraphNode, NamedConstant } from './graph-builder.ts';
export { createGraphBuilder } from './graph-builder.ts';
export type * from './model.ts';
