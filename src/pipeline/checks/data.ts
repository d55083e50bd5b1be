import { statSync } from 'node:fs';
import path from 'node:path';
import type { Contract } from '../../contract/index.ts';
import { hasExpression } from '../expression-text.ts';
import type { FileFailure } from '../file-failures.ts';
import { mistake } from '../file-failures.ts';
import type { PlacePath } from '../pipeline.ts';
import { filesOfGlob, isGlob } from '../plan/glob.ts';
import { listed, shown } from '../shape-words.ts';
import type { Check, Checking, DatasetDraft } from './checking.ts';
import { column, members, textsAt, unknownColumn } from './checking.ts';

/** Datasets whose files are not there, and columns that their contracts do not have. */
export const checkData: Check = (checking) =>
  members(checking.draft.data).flatMap(([name, dataset]) => {
    const contract = checking.contracts.get(name);
    return [
      ...files(checking, name, dataset),
      ...(contract === undefined ? [] : columns(checking, name, dataset, contract)),
      ...key(checking, name, dataset, contract),
    ];
  });

function files(
  { places, root }: Checking,
  name: string,
  { path: file, format }: DatasetDraft,
): readonly FileFailure[] {
  if (file === undefined || file.includes('${{')) return [];
  const at = ['data', name, 'path'];
  if (file.trim() === '')
    return [mistake('pipeline-value-empty', '`path` is an empty text', places.place(at))];
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(file)) {
    const remedy = 'copy the rows to a file of the repository, or below its folder';
    return [
      mistake(
        'pipeline-data-address',
        'rows are read from files; addresses are not read yet',
        places.place(at),
        remedy,
      ),
    ];
  }
  const found: FileFailure[] = [];
  if (format === undefined && !/\.(csv|tsv|txt|parquet|pq)(\.gz)?$/i.test(file)) {
    const remedy = 'add `format: csv` or `format: parquet`';
    found.push(
      mistake(
        'pipeline-data-format',
        `the ending of ${shown(file)} does not tell its format`,
        places.place(at),
        remedy,
      ),
    );
  }
  const exists = statSync(path.resolve(root, file), { throwIfNoEntry: false }) !== undefined;
  if (exists || (isGlob(file) && filesOfGlob(root, path.posix.normalize(file)).length > 0)) return found;
  const message = isGlob(file) ? `no file matches ${shown(file)}` : `there is no file ${shown(file)}`;
  return [
    ...found,
    mistake(
      'pipeline-data-missing',
      message,
      places.place(at),
      'the path starts at the root of the repository',
    ),
  ];
}

function columns(
  checking: Checking,
  name: string,
  dataset: DatasetDraft,
  contract: Contract,
): readonly FileFailure[] {
  const at: PlacePath = ['data', name];
  const named = [
    ...textsAt(dataset.key, [...at, 'key']),
    ...textsAt(dataset.target, [...at, 'target']),
    ...textsAt(dataset.split?.stratify, [...at, 'split', 'stratify']),
  ].filter(({ value }) => !hasExpression(value));
  return [
    ...named
      .filter(({ value }) => column(contract, value) === undefined)
      .map((one) => unknownColumn(checking, contract, one)),
    ...positive(checking, name, dataset, contract),
  ];
}

function positive(
  { places }: Checking,
  name: string,
  dataset: DatasetDraft,
  contract: Contract,
): readonly FileFailure[] {
  const allowed = dataset.target === undefined ? undefined : column(contract, dataset.target)?.enum;
  const value = dataset.positive;
  if (
    value === undefined ||
    value === null ||
    allowed === undefined ||
    allowed.map(String).includes(String(value))
  )
    return [];
  const message = `${shown(dataset.target!)} is never ${shown(value)}`;
  const remedy = `its contract allows ${listed(allowed.slice(0, 20).map(shown), 'and')}`;
  return [mistake('pipeline-data-positive', message, places.place(['data', name, 'positive']), remedy)];
}

/** Rows are held out by their key. */
function key(
  { places, draft }: Checking,
  name: string,
  dataset: DatasetDraft,
  contract: Contract | undefined,
): readonly FileFailure[] {
  const at = ['data', name];
  if (dataset.key !== undefined) {
    if (Array.isArray(dataset.key) && dataset.key.length === 0) {
      return [mistake('pipeline-value-empty', '`key` is an empty list', places.place([...at, 'key']))];
    }
    return [];
  }
  const raw = draft.data?.[name];
  if (raw === undefined || Object.hasOwn(raw, 'key') || (dataset.split?.test ?? 0) === 0) return [];
  if (dataset.contract !== undefined && contract === undefined) return [];
  if (contract?.columns.some((one) => one.primaryKey) === true) return [];
  const remedy = 'add `key` with the columns that identify a row for ever, or a primary key to the contract';
  return [
    mistake(
      'pipeline-data-key',
      `rows of ${shown(name)} have no key by which they could be held out`,
      places.keyPlace([...at, 'split']),
      remedy,
    ),
  ];
}
