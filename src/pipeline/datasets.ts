import path from 'node:path';
import type { Contract } from '../contract/index.ts';
import type { DatasetSpec } from '../data/index.ts';
import type { DatasetFile } from './file.ts';

export interface DatasetPlace {
  readonly root: string;
  readonly folder: string;
  readonly name: string;
}

/** A dataset with its paths resolved and every default filled in. */
export function datasetSpec(
  file: DatasetFile,
  at: DatasetPlace,
  contract: Contract | undefined,
): DatasetSpec {
  return {
    name: at.name,
    path: path.resolve(at.root, file.path),
    format: file.format ?? formatOf(file.path),
    delimiter: file.delimiter ?? ',',
    ...(file.contract === undefined ? {} : { contract: path.resolve(at.folder, file.contract) }),
    key: file.key === undefined ? primaryKey(contract) : listOf(file.key),
    ...(file.target === undefined ? {} : { target: file.target }),
    ...(file.positive === undefined ? {} : { positive: file.positive }),
    split: {
      test: file.split?.test ?? 0,
      ...(file.split?.stratify === undefined ? {} : { stratify: file.split.stratify }),
      salt: file.split?.salt ?? '',
    },
  };
}

function formatOf(file: string): 'csv' | 'parquet' {
  return /\.(parquet|pq)$/i.test(file) ? 'parquet' : 'csv';
}

function primaryKey(contract: Contract | undefined): readonly string[] {
  return contract?.columns.filter((column) => column.primaryKey).map((column) => column.name) ?? [];
}

/** One or many, as a list. */
export function listOf<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
