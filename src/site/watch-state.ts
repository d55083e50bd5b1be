import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipelineNames } from '../pipeline/index.ts';
import type { SiteSources } from './sources.ts';

/**
 * A text that is another one when a site of a project would be: refs, settings, pages, pipelines with their contracts and
 * what their owners say of models, and records where there is no Git.
 */
export async function stateOf({ root, project, repository }: SiteSources): Promise<string> {
  const { pages, logo } = project.site;
  const files = [
    join(root, 'trainyard.yaml'),
    ...(logo === undefined ? [] : [join(root, logo)]),
    ...(pages === undefined ? [] : await below(join(root, pages))),
    ...(
      await Promise.all(pipelineNames(root).map((name) => filesOfPipeline(join(root, 'pipelines', name))))
    ).flat(),
    ...(repository === undefined ? await below(join(root, '.trainyard/runs')) : []),
  ];
  const times = await Promise.all(files.map(timeOf));
  const refs = await repository?.listRefs('refs/');
  const head = await repository?.head();
  return JSON.stringify([
    refs?.ok === true ? refs.value.map(({ name, id }) => `${name} ${id}`) : [],
    head?.ok === true ? head.value.commit : null,
    files.map((file, i) => `${file} ${times[i]}`),
  ]);
}

/** Contracts by what stands after their key: a file that is none, or is not there, does no harm here. */
async function filesOfPipeline(folder: string): Promise<readonly string[]> {
  const file = join(folder, 'pipeline.yaml');
  const text = await readFile(file, 'utf8').catch(() => '');
  const contracts = [...text.matchAll(/\bcontract:\s*["']?([^\s"',}]+)/g)].map(([, path]) =>
    join(folder, path!),
  );
  return [file, join(folder, 'model-card.md'), ...contracts];
}

async function below(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function timeOf(file: string): Promise<string> {
  return await stat(file).then(
    ({ mtimeMs, size }) => `${mtimeMs} ${size}`,
    () => 'absent',
  );
}
