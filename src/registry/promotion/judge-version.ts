import type { Judgement } from '../decision.ts';
import type { ModelState } from '../state.ts';
import type { PromotionRequest } from './evidence.ts';

/** The version is registered, by us, and not archived. */
export function judgeVersion({ name, request }: PromotionRequest, state: ModelState): Judgement {
  if (name === undefined) return ofCommit(request?.commit ?? '', state);
  const version = state.versions.find((each) => each.name === name);
  if (version === undefined) return no(`${state.model} has no version ${name}`);
  if (version.digest === undefined) {
    return no(
      `${name} was not registered by Trainyard, so that nobody knows which model it is: register it anew with "trainyard register ${state.model}"`,
    );
  }
  if (version.archived) return no(`${name} is archived`);
  return { verdict: 'pass', because: `${name} is registered as ${version.digest.slice(0, 19)}…` };
}

/** A tag says which commit it means, and no version. */
function ofCommit(commit: string, state: ModelState): Judgement {
  const names = state.versions.filter((each) => each.commit === commit).map(({ name }) => name);
  const short = commit.slice(0, 7);
  if (names.length === 0) {
    return no(`no version of ${state.model} is registered at the commit ${short}, which the tag points to`);
  }
  return no(
    `the tag points to the commit ${short}, where ${names.join(' and ')} are registered: promote one of them by its name`,
  );
}

function no(because: string): Judgement {
  return { verdict: 'fail', because };
}
