import type { Judgement, StagePolicy } from '../decision.ts';
import type { ModelState } from '../state.ts';
import type { PromotionRequest } from './evidence.ts';
import { stageHistory } from './stage-history.ts';

/**
 * The stage is declared, and where it says `from`, the version has come through that stage: it stands there now, or
 * stood there until a newer one took its place. What was taken out of there (by a rollback or a withdrawal) has to
 * come there again first. "Stands there now" alone would be a race: an automatic stage gets the next version while
 * people still decide about this one.
 */
export function judgeOrder(
  request: PromotionRequest,
  state: ModelState,
  stages: readonly StagePolicy[],
): Judgement {
  const { name, stage, cause } = request;
  const policy = stages.find((each) => each.name === stage);
  if (policy === undefined) {
    const names = stages.map((each) => each.name).join(', ');
    return no(
      `trainyard.yaml has no stage ${JSON.stringify(stage)}: its stages are ${names === '' ? 'none' : names}`,
    );
  }
  const late = tooLate(request, state);
  if (late !== undefined) return late;
  const here = stageHistory(state, stage);
  if (cause === 'automatic' && name !== undefined && here.ever.has(name)) {
    return no(`${name} has stood in ${stage} before: only people bring it back`);
  }
  const { from } = policy;
  if (from === undefined) return { verdict: 'pass', because: `${stage} takes versions from anywhere` };
  if (name === undefined) return no(`what comes to ${stage} has to come from ${from}`);
  if (state.stages[from]?.event.name === name) {
    return { verdict: 'pass', because: `${name} stands in ${from}` };
  }
  const before = stageHistory(state, from);
  if (!before.ever.has(name)) return no(`${name} has never stood in ${from}, where it has to come from`);
  const left = before.expelled.get(name);
  if (left === undefined) {
    const next = state.stages[from]?.event.name;
    const until = next === undefined ? '' : ` until ${next} took its place`;
    return { verdict: 'pass', because: `${name} stood in ${from}${until}` };
  }
  return no(
    left.how === 'rollback'
      ? `${name} was rolled back in ${from} (${left.tag}), and has to come there again first`
      : `${name} was withdrawn from ${from} (${left.tag}), and has to come there again first`,
  );
}

/** A tag that was pushed before people took something out of the stage does not know of it. */
function tooLate({ request, stage }: PromotionRequest, state: ModelState): Judgement | undefined {
  const last = stageHistory(state, stage).lastExpulsion;
  if (request?.counter === undefined || last === undefined || !('counter' in last.event)) return undefined;
  if (request.counter > last.event.counter) return undefined;
  const what = last.event.kind === 'assign' ? `was rolled back to ${last.event.name}` : 'was emptied';
  return no(
    `${stage} ${what} by ${last.event.by.name} (${last.tag}), which counts after ${request.tag}: push a tag with a larger number if it still holds`,
  );
}

function no(because: string): Judgement {
  return { verdict: 'fail', because };
}
