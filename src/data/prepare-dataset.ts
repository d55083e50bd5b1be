import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure, Json, Result } from '../base/index.ts';
import { canonicalJson, failed, success } from '../base/index.ts';
import type { Contract } from '../contract/index.ts';
import type { SqlSession } from '../sql/index.ts';
import {
  engineFailed,
  openSession,
  openSource,
  readersDisagree,
  writeCsv,
  writeParquet,
} from '../sql/index.ts';
import type { DataFile, DatasetFacts, DatasetSpec } from './dataset.ts';
import type { DigestFile } from './digest-file.ts';
import { digestFile } from './digest-file.ts';
import { findFacts } from './facts.ts';
import { fileChanged } from './failures.ts';
import { datasetFingerprint } from './fingerprint.ts';
import { loadContract } from './load-contract.ts';
import type { DataProfile } from './profile.ts';
import { profileTable } from './profile-table.ts';
import { refuseColumns, refuseRows } from './refuse.ts';
import type { SourceFile } from './sources.ts';
import { refuseFormats, resolveSources } from './sources.ts';
import type { Stage, StageOptions } from './stage.ts';
import { namedColumns, stagedRows, stageRows, trainingRowsAsWritten } from './stage.ts';
import type { FileStamp } from './stamp-files.ts';
import { changedFiles, stampFiles } from './stamp-files.ts';
import { typeColumns } from './type-columns.ts';

export interface PrepareOptions {
  readonly dataset: DatasetSpec;
  /** Absolute path of the repository. */
  readonly root: string;
  /** Absolute path of a folder that exists; gets the outputs. */
  readonly out: string;
  readonly threads: number;
  /** As DuckDB writes it; more than this goes to the disk. Default: `2GB`. */
  readonly memoryLimit?: string;
  /** Default: reads the file. */
  readonly digestFile?: DigestFile;
}

export interface PreparedDataset {
  readonly facts: DatasetFacts;
  readonly profile: DataProfile;
}

/**
 * Reads a dataset strictly and writes into `out`:
 * - `train.parquet` and `held-out.parquet`: the typed columns, rows in the order of the source (files by path, then
 *   lines); the same rows give the same bytes, whatever the threads;
 * - `train.csv` for CSV sources: the training rows with their values as the source has them, comma-separated;
 * - `facts.json`, and `profile.json` of all rows.
 *
 * Nothing of `held-out.parquet`, the facts or the profile may be handed to a training command. Columns of personal
 * data are in the Parquet and CSV files, since keys are needed there; the profile has only their counts.
 */
export async function prepareDataset(
  options: PrepareOptions,
): Promise<Result<PreparedDataset, readonly Failure[]>> {
  const { dataset, root, out } = options;
  const sources = await resolveSources(root, dataset.path);
  if (!sources.ok) return failed([sources.failure]);
  const wrongFormat = refuseFormats(dataset.format, sources.value);
  if (wrongFormat.length > 0) return failed(wrongFormat);
  const contract = dataset.contract === undefined ? undefined : await loadContract(root, dataset.contract);
  if (contract?.ok === false) return contract;

  const work = join(out, '.work');
  await mkdir(work);
  try {
    await using session = await openSession({
      threads: options.threads,
      memoryLimit: options.memoryLimit ?? '2GB',
      allowedPaths: [...sources.value.map((file) => file.absolute), `${out}/`],
      spillFolder: work,
    });
    return await prepareFiles(session, { ...options, work, files: sources.value, contract: contract?.value });
  } catch (cause) {
    return failed([engineFailed('the data could not be prepared', cause)]);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

interface FilesOptions extends PrepareOptions {
  readonly files: readonly SourceFile[];
  readonly contract: Contract | undefined;
  readonly work: string;
}

async function prepareFiles(
  session: SqlSession,
  options: FilesOptions,
): Promise<Result<PreparedDataset, readonly Failure[]>> {
  const { dataset, files, contract, out } = options;
  const stamps = await stampFiles(files);
  const opened = await openSource(session, {
    files: files.map((file) => ({ path: file.absolute, shown: file.path })),
    format: dataset.format,
    delimiter: dataset.delimiter,
  });
  if (!opened.ok) return opened;
  const source = opened.value;
  const typed = await typeColumns(session, source, contract);
  if (!typed.ok) return typed;
  const wrongColumns = refuseColumns(dataset, typed.value);
  if (wrongColumns.length > 0) return failed(wrongColumns);

  const staging: StageOptions = {
    source,
    columns: typed.value,
    key: dataset.key,
    split: dataset.split,
    folder: options.work,
  };
  const stage = await stageRows(session, staging);
  const wrongRows = await refuseRows(session, source, stage, dataset.key);
  if (wrongRows.length > 0) return failed(wrongRows);

  const counted = await findFacts(session, stage, dataset);
  if (!counted.ok) return counted;
  if (counted.value.rows.total !== source.rows)
    return failed([readersDisagree(source.rows, counted.value.rows.total)]);
  await writeRows(session, staging, stage, out);
  const profile = await profileTable(
    session,
    `(SELECT ${namedColumns(stage)} FROM ${stage.relation})`,
    contract,
  );

  const identified = await identify(stamps, options.digestFile ?? digestFile);
  if (!identified.ok) return identified;
  const columns = typed.value.map(({ name, type, typedBy }) => ({ name, type, typedBy }));
  const fingerprint = datasetFingerprint({ files: identified.value, columns, rows: source.rows });
  const leftOut = source.columns
    .map((column) => column.name)
    .filter((name) => !columns.some((column) => column.name === name));
  const facts: DatasetFacts = { fingerprint, files: identified.value, columns, leftOut, ...counted.value };
  await writeFile(join(out, 'facts.json'), `${canonicalJson(facts as unknown as Json)}\n`);
  await writeFile(join(out, 'profile.json'), `${canonicalJson(profile as unknown as Json)}\n`);
  return success({ facts, profile });
}

async function writeRows(
  session: SqlSession,
  staging: StageOptions,
  stage: Stage,
  out: string,
): Promise<void> {
  await writeParquet(session, stagedRows(stage, 'train'), join(out, 'train.parquet'));
  await writeParquet(session, stagedRows(stage, 'held-out'), join(out, 'held-out.parquet'));
  if (staging.source.format !== 'csv') return;
  await writeCsv(session, trainingRowsAsWritten(staging), join(out, 'train.csv'));
}

/** Digests the files, and makes sure that what was read is what is digested. */
async function identify(
  stamps: readonly FileStamp[],
  digest: DigestFile,
): Promise<Result<readonly DataFile[], readonly Failure[]>> {
  const files: DataFile[] = [];
  for (const { path, absolute, bytes } of stamps) {
    files.push({ path, digest: await digest(absolute), bytes });
  }
  const changed = await changedFiles(stamps);
  return changed.length === 0 ? success(files) : failed(changed.map((file) => fileChanged(file.path)));
}
