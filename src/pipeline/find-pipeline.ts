import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import { failed, nearest, success } from '../base/index.ts';
import { mistake } from './file-failures.ts';
import { relativePath } from './read-source.ts';

const pipelineFileName = 'pipeline.yaml';

/**
 * The pipeline file that a name or a path means, relative to the root: `heart-disease`,
 * `pipelines/heart-disease`, `pipelines/heart-disease/pipeline.yaml`.
 */
export function findPipeline(root: string, name: string): Result<string, Failure> {
  const named = path.join(root, 'pipelines', name, pipelineFileName);
  if (/^[^/\\]+$/.test(name) && isFile(named)) return success(relativePath(root, named));
  const asPath = path.resolve(root, name);
  if (isFile(asPath)) return success(relativePath(root, asPath));
  const inFolder = path.join(asPath, pipelineFileName);
  if (isFile(inFolder)) return success(relativePath(root, inFolder));
  return failed(notFound(root, name));
}

/** The names of the folders under `pipelines/` that hold a pipeline file, sorted. */
export function pipelineNames(root: string): readonly string[] {
  let entries: readonly string[];
  try {
    entries = readdirSync(path.join(root, 'pipelines'));
  } catch {
    return [];
  }
  return entries.filter((entry) => isFile(path.join(root, 'pipelines', entry, pipelineFileName))).sort();
}

function notFound(root: string, name: string): Failure {
  const names = pipelineNames(root);
  const meant = nearest(name, names);
  const list =
    names.length === 0
      ? 'there is none under pipelines/'
      : `there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}`;
  const remedy = meant === undefined ? `name a pipeline or a file: ${list}` : `did you mean \`${meant}\`?`;
  return mistake('pipeline-not-found', `there is no pipeline \`${name}\``, undefined, remedy);
}

function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    // Nothing is there; or a file is where a folder would be.
    return false;
  }
}
