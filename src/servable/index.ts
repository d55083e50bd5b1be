export { labelValues, rowAnswer } from './answer.ts';
export { cellsWriter } from './cells.ts';
export type { ServableFailure } from './failures.ts';
export { contractMissing, servableUnreadable } from './failures.ts';
export { manifestFile, modelFile } from './files.ts';
export type { AskBlock } from './golden.ts';
export { checkGolden } from './golden.ts';
export type {
  ClassAnswer,
  GoldenRequest,
  Lineage,
  Row,
  RowAnswer,
  ServableManifest,
  ServableParts,
  ValueAnswer,
} from './manifest.ts';
export { problemOfServedName } from './model-name.ts';
export type { OpenServableOptions } from './open-servable.ts';
export { openServable } from './open-servable.ts';
export { narrowColumns, portCheck } from './port-check.ts';
export type { PruneRequest } from './prune-servables.ts';
export { pruneServables, touchServables } from './prune-servables.ts';
export { readServableManifest } from './read-manifest.ts';
export { modelColumns, requestColumns } from './request-columns.ts';
export type { ModelColumn, RowBlock } from './row-block.ts';
export { tableOfBlocks } from './row-block.ts';
export type { Servable } from './servable.ts';
export { servableThere, writeServable } from './write-servable.ts';
