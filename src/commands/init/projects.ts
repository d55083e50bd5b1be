import { join } from 'node:path';
import type { Failure, Place } from '../../base/index.ts';
import { pipelineNames } from '../../pipeline/index.ts';
import { nameTaken } from './failures.ts';
import type { FoundCaller } from './find-callers.ts';

/** Another project of the same repository that has callers, with the names of its pipelines. */
export interface OtherProject {
  readonly directory: string;
  readonly pipelines: readonly string[];
}

export function otherProjects(
  repositoryRoot: string,
  directory: string,
  found: readonly FoundCaller[],
): readonly OtherProject[] {
  const others = [...new Set(found.map((each) => each.directory))].filter((each) => each !== directory);
  return others
    .sort()
    .map((other) => ({ directory: other, pipelines: pipelineNames(join(repositoryRoot, other)) }))
    .filter(({ pipelines }) => pipelines.length > 0);
}

/** Records, tags, comments and artifacts of a repository are told apart by the names of pipelines, and by nothing else. */
export function sharedNames(
  pipelines: readonly { readonly name: string; readonly place?: Place }[],
  others: readonly OtherProject[],
): readonly Failure[] {
  return pipelines.flatMap(({ name, place }) => {
    const other = others.find((each) => each.pipelines.includes(name));
    return other === undefined ? [] : [nameTaken(name, other.directory, place)];
  });
}
