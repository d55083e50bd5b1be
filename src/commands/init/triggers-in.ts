import { parse } from 'yaml';
import type { PipelineFile } from '../../pipeline/index.ts';
import type { FileToWrite } from './project-files.ts';

/** Of a pipeline file that is about to be written: it is ours, so it has the right shape. */
export function triggersIn({ path, content }: FileToWrite): readonly { readonly file: PipelineFile }[] {
  if (!path.endsWith('/pipeline.yaml') || typeof content !== 'string') return [];
  return [{ file: parse(content) as PipelineFile }];
}
