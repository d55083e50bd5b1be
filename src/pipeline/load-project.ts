import { readFile as readFileOfDisk } from 'node:fs/promises';
import path from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { checkProject } from './check-project.ts';
import { checkKeys } from './check-provenance.ts';
import type { Project, ProjectFile } from './project-file.ts';
import type { ReadFile } from './read-source.ts';
import { readSource } from './read-source.ts';
import { readYaml } from './yaml.ts';

export const projectFileName = 'trainyard.yaml';

/** Reads and checks `trainyard.yaml`; a project without one has the defaults. */
export async function loadProject(
  root: string,
  readFile: ReadFile = readFileOfDisk,
): Promise<Result<Project, readonly Failure[]>> {
  const source = await readSource({ root, file: projectFileName, readFile });
  if (!source.ok) {
    return source.failure.code === 'pipeline-file-missing'
      ? success(withDefaults(root))
      : failed([source.failure]);
  }
  const { document, failures } = readYaml(source.value);
  if (document === undefined) return failed(failures);
  const all = [...failures, ...checkProject(document)];
  if (all.length > 0) return failed(all);
  const project = withDefaults(root, document.value as unknown as ProjectFile);
  const keys = await checkKeys(document, project.provenance, { root, readFile });
  return keys.length > 0 ? failed(keys) : success({ ...project, file: projectFileName });
}

function withDefaults(root: string, file?: ProjectFile): Project {
  return {
    root: path.resolve(root),
    store: file?.store ?? 'file:.trainyard/store',
    runs: { branch: file?.runs?.branch ?? 'trainyard/runs' },
    stages: file?.stages ?? [],
    ...(file?.['allowed-signers'] === undefined ? {} : { allowedSigners: file['allowed-signers'] }),
    provenance: file?.provenance ?? {},
    ...(file?.image === undefined ? {} : { image: file.image }),
    site: file?.site ?? {},
  };
}

/** The names of the stages; `undefined` when the project file has mistakes, which are told elsewhere. */
export async function stageNames(root: string, readFile: ReadFile): Promise<readonly string[] | undefined> {
  const project = await loadProject(root, readFile);
  return project.ok ? project.value.stages.map((stage) => stage.name) : undefined;
}
