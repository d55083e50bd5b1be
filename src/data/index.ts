export type { Addition, AdditionOptions } from './addition/add-rows.ts';
export { addRows } from './addition/add-rows.ts';
export type { AdditionFailure } from './addition/failures.ts';
export type { Incoming } from './addition/incoming.ts';
export { newFileOf } from './addition/new-file.ts';
export type {
  DataColumn,
  DataFile,
  DatasetFacts,
  DatasetSpec,
  SplitSpec,
  StratumFacts,
} from './dataset.ts';
export type { DigestFile } from './digest-file.ts';
export { digestFile } from './digest-file.ts';
export type { DataFailure, DataFailureCode } from './failures.ts';
export type { FingerprintParts } from './fingerprint.ts';
export { datasetFingerprint } from './fingerprint.ts';
export type { PathPart } from './glob.ts';
export { expandBraces, matchesPart, parsePathPattern } from './glob.ts';
export { loadContract } from './load-contract.ts';
export type { PreparedDataset, PrepareOptions } from './prepare-dataset.ts';
export { prepareDataset } from './prepare-dataset.ts';
export type { ColumnProfile, DataProfile, NumberProfile } from './profile.ts';
export { profileTable } from './profile-table.ts';
export { readParquetTable } from './read-parquet-table.ts';
export type { SourceFile } from './sources.ts';
export { resolveSources } from './sources.ts';
export { splitPosition, splitPositionSql } from './split.ts';
