import { relative, sep } from 'node:path';
import type { Repository } from '../../git/index.ts';
import type { Pipeline } from '../../pipeline/index.ts';
import { loadPipeline } from '../../pipeline/index.ts';
import type { RunRecord } from '../record.ts';
import { projectPath } from './reproduction-folder.ts';

export interface PipelineAtQuestion {
  readonly repository: Repository | undefined;
  /** Of the project. */
  readonly root: string;
  /** Of the pipeline file, relative to the root. */
  readonly path: string;
  readonly record: Pick<RunRecord, 'code'>;
}

/**
 * The pipeline as it was at the commit of a run, from Git alone. `undefined` when nobody can know: the run had changes
 * that are in no commit, the commit is not here, or its file had mistakes.
 */
export async function pipelineAt(question: PipelineAtQuestion): Promise<Pipeline | undefined> {
  const { repository, root, path, record } = question;
  const commit = record.code?.dirty === false ? record.code.commit : null;
  if (repository === undefined || commit === null) return undefined;
  const prefix = await projectPath(repository.workTree, root);
  const then = await loadPipeline({
    root,
    file: path,
    readFile: async (absolute) => {
      const inside = relative(root, absolute).split(sep).join('/');
      const file = await repository.readFile(commit, prefix === '' ? inside : `${prefix}/${inside}`);
      if (file.ok && file.value !== undefined) return file.value;
      throw Object.assign(new Error(`${inside} is not in ${commit}`), { code: 'ENOENT' });
    },
  });
  return then.ok ? then.value : undefined;
}
