import type { WorkflowSource } from './caller-settings.ts';
import type { FoundCaller } from './find-callers.ts';

const usual = 'trainyard/trainyard';

/**
 * Where most of the callers come from, and of these one that names a commit. Where as many come from two places, it is
 * Trainyard's own.
 */
export function commonSource(found: readonly Pick<FoundCaller, 'source'>[]): WorkflowSource | undefined {
  const of = (source: WorkflowSource): string => (source.kind === 'own' ? '$' : source.repository);
  const count = (name: string): number => found.filter(({ source }) => of(source) === name).length;
  const names = [...new Set(found.map(({ source }) => of(source)))];
  const [common] = names.sort(
    (a, b) =>
      count(b) - count(a) ||
      Number(b === usual) - Number(a === usual) ||
      Number(b === '$') - Number(a === '$'),
  );
  const sources = found.map(({ source }) => source).filter((source) => of(source) === common);
  return sources.find(isPinned) ?? sources[0];
}

/** Whether it can be no other code tomorrow. */
export function isPinned(source: WorkflowSource): boolean {
  return source.kind === 'own' || /^[0-9a-f]{40}$/.test(source.commit);
}
