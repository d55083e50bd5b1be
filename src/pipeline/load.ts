import { readFile as readFileOfDisk } from 'node:fs/promises';
import path from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { checkPipelineMeaning, checkPipelineShape, versionFailure } from './check-pipeline.ts';
import { readContracts } from './contracts.ts';
import { datasetSpec } from './datasets.ts';
import type { PipelineFile } from './file.ts';
import { inOrder } from './file-failures.ts';
import { stageNames } from './load-project.ts';
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

/**
 * Reads a pipeline file and what it refers to, and checks it all: a pipeline, or every mistake, in order of place.
 * Mistakes in its contracts are among them.
 */
export async function loadPipeline(options: LoadOptions): Promise<Result<Pipeline, readonly Failure[]>> {
  const { readFile = readFileOfDisk } = options;
  const root = path.resolve(options.root);
  const source = await readSource({ root, file: options.file, readFile });
  if (!source.ok) return failed([source.failure]);
  const { document, failures: yaml } = readYaml(source.value);
  if (document === undefined) return failed(inOrder(yaml));
  const version = versionFailure(document, 'pipeline file');
  if (version !== undefined) return failed([version]);
  const folder = path.dirname(path.resolve(root, options.file));
  const { draft, failures: shape } = checkPipelineShape(document);
  const { contracts, failures: contract } = await readContracts(draft, document.places, {
    root,
    folder,
    readFile,
  });
  const stages = await stageNames(root, readFile);
  const { file: shownPath, digest } = source.value;
  const meaning = checkPipelineMeaning({
    draft,
    places: document.places,
    contracts,
    stages,
    root,
    folder,
    path: shownPath,
  });
  const all = [...yaml, ...shape, ...contract, ...meaning];
  if (all.length > 0) return failed(inOrder(all));
  const file = document.value as unknown as PipelineFile;
  const datasets = Object.entries(file.data ?? {}).map(
    ([name, data]) => [name, datasetSpec(data, { root, folder, name }, contracts.get(name))] as const,
  );
  return success({
    file,
    path: shownPath,
    folder,
    root,
    digest,
    datasets: new Map(datasets),
    contracts,
    place: (at) => document.places.place(at),
  });
}
