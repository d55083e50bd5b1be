export type { FeatureFailure } from './failures.ts';
export type { FeatureDeclaration, FittedColumn, FittedFeatures } from './feature.ts';
export { fitFeatures } from './fit.ts';
export { featureGraph, featureInputs } from './graph.ts';
export type { FeatureMatrix } from './matrix.ts';
export { featureMatrix, matrixOf } from './read-matrix.ts';
export { featureSelect, rawSelect } from './select.ts';
