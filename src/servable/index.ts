export { labelValues, rowAnswer } from './answer.ts';
export type { ServableFailure } from './failures.ts';
export { contractMissing } from './failures.ts';
export { checkGolden } from './golden.ts';
export type {
  ClassAnswer,
  GoldenRequest,
  Lineage,
  Row,
  RowAnswer,
  ServableManifest,
  ValueAnswer,
} from './manifest.ts';
export type { OpenServableOptions } from './open-servable.ts';
export { manifestFile, modelFile, openServable } from './open-servable.ts';
export { modelColumns, requestColumns } from './request-columns.ts';
export type { ModelColumn, RowBlock } from './row-block.ts';
export type { Servable } from './servable.ts';
export { writeServable } from './write-servable.ts';
