import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import { digestOfBytes, failed, success } from '../base/index.ts';
import type { ColumnContract, Contract, RowCheck } from '../contract/index.ts';
import { compileRowCheck, rowSchema } from '../contract/index.ts';
import { openPredictor } from '../onnx/index.ts';
import { cellsWriter } from './cells.ts';
import { servableDigest, servableInvalid, servableUnreadable } from './failures.ts';
import { manifestFile, modelFile } from './files.ts';
import type { ServableManifest } from './manifest.ts';
import { narrowColumns, portCheck } from './port-check.ts';
import { readManifest } from './read-manifest.ts';
import { modelColumns } from './request-columns.ts';
import type { ModelColumn } from './row-block.ts';
import { tableOfBlocks } from './row-block.ts';
import type { Servable } from './servable.ts';

export interface OpenServableOptions {
  /** Threads inside one operator. Default: 1, the fastest for small models. */
  readonly threads?: number;
}

/** Loads a servable from its folder: the bytes must be those that its description is about. */
export async function openServable(
  folder: string,
  options: OpenServableOptions = {},
): Promise<Result<Servable, Failure>> {
  let bytes: Uint8Array;
  let text: string;
  try {
    [bytes, text] = await Promise.all([
      readFile(join(folder, modelFile)),
      readFile(join(folder, manifestFile), 'utf8'),
    ]);
  } catch (error) {
    return failed(servableUnreadable(folder, error));
  }
  const manifest = await readManifest(folder, text);
  if (!manifest.ok) return manifest;
  const digest = digestOfBytes(bytes);
  if (digest !== manifest.value.digest) return failed(servableDigest(folder, manifest.value.digest, digest));
  return await servableOf(manifest.value, bytes, options, folder);
}

/** A servable from parts at hand. */
export async function servableOf(
  manifest: ServableManifest,
  bytes: Uint8Array,
  { threads = 1 }: OpenServableOptions = {},
  folder: string = manifest.model,
): Promise<Result<Servable, Failure>> {
  const predictor = await openPredictor(bytes, { threads });
  if (!predictor.ok) return predictor;
  const { info } = predictor.value;
  let columns: readonly ModelColumn[];
  let contract: Contract;
  let check: RowCheck;
  try {
    columns = modelColumns(info);
    contract = requestContract(manifest, narrowColumns(info, columns, manifest.columns));
    check = await compileRowCheck(contract);
  } catch (error) {
    // A pattern that is none, say: what anybody can have written into the file.
    await predictor.value[Symbol.asyncDispose]();
    return failed(servableInvalid(folder, error instanceof Error ? error.message : String(error)));
  }
  const declared = new Set(manifest.columns.map(({ name }) => name));
  const undeclared = columns.find(({ name }) => !declared.has(name));
  if (undeclared !== undefined) {
    await predictor.value[Symbol.asyncDispose]();
    return failed(servableInvalid(folder, `it has no column ${undeclared.name}, which the model reads`));
  }
  const fitsPorts = portCheck(info, columns, contract.columns);
  return success({
    manifest,
    info,
    columns,
    schema: rowSchema(contract),
    check: (row) => {
      const problems = check(row);
      return problems.length > 0 ? problems : fitsPorts(row as Readonly<Record<string, unknown>>);
    },
    cellsOf: cellsWriter(columns, manifest.columns),
    predict: (blocks) => predictor.value.predict(tableOfBlocks(blocks, columns)),
    [Symbol.asyncDispose]: () => predictor.value[Symbol.asyncDispose](),
  });
}

/** The contract of a request: the columns alone. */
function requestContract(
  { model, lineage, digest }: ServableManifest,
  columns: readonly ColumnContract[],
): Contract {
  return {
    id: lineage.contract?.id ?? model,
    version: lineage.contract?.version ?? '0',
    name: model,
    file: 'model.json',
    digest: lineage.contract?.digest ?? digest,
    columns,
    metrics: [],
    notChecked: [],
  };
}
