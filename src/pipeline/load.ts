import { readFile as readFileOfDisk } from 'node:fs/promises';
import path from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { datasetSpec } from './datasets.ts';
import type { PipelineFile } from './file.ts';
import type { Pipeline } from './pipeline.ts';
import type { ReadFile } from './read-source.ts';
import { readSource } from './read-source.ts';
import { readYaml } from './yaml.ts';

export interface LoadOptions {
  readonly root: string;
  /** Absolute, or relative to the root. */
  readonly file: string;
  readonly readFile?: ReadFile;
}

/** Reads a pipeline file and what it refers to, and checks it all: a pipeline, or every mistake, in order of place. */
export async function loadPipeline(options: LoadOptions): Promise<Result<Pipeline, readonly Failure[]>> {
  const root = path.resolve(options.root);
  const source = await readSource({ root, file: options.file, readFile: options.readFile ?? readFileOfDisk });
  if (!source.ok) return failed([source.failure]);
  const { document, failures } = readYaml(source.value);
  if (document === undefined || failures.length > 0) return failed(failures);
  const file = document.value as unknown as PipelineFile;
  const folder = path.dirname(path.resolve(root, options.file));
  const datasets = new Map(
    Object.entries(file.data ?? {}).map(([name, data]) => [
      name,
      datasetSpec(data, { root, folder, name }, undefined),
    ]),
  );
  return success({
    file,
    path: source.value.file,
    folder,
    root,
    digest: source.value.digest,
    datasets,
    contracts: new Map(),
    place: (at) => document.places.place(at),
  });
}
