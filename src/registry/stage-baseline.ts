import type { Baseline } from '../evaluate/index.ts';
import type { ModelState } from './state.ts';

/** What stands in a stage now, in the form that gates take: by the events that count, and by nothing that is asked for. */
export function stageBaseline(state: ModelState, stage: string): Baseline {
  const there = state.stages[stage];
  return there === undefined
    ? { name: stage, origin: `no version of ${state.model} stands in ${stage}` }
    : { name: stage, digest: there.event.digest, origin: `${there.event.name} by the tag ${there.tag}` };
}
