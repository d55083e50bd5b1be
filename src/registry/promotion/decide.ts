import type { Verdict } from '../../base/index.ts';
import { worstVerdict } from '../../base/index.ts';
import type { Decision, Judgement } from '../decision.ts';
import type { DecidedCheck } from '../event.ts';
import type { ModelState } from '../state.ts';
import type { Evidence, PromotionRequest } from './evidence.ts';
import { judgeApprovals } from './judge-approvals.ts';
import { judgeFreshness } from './judge-freshness.ts';
import { judgeOrder } from './judge-order.ts';
import { judgeVersion } from './judge-version.ts';

/**
 * May the version come to stand in the stage? Every condition is judged and every reason told, never only the first.
 * What could not be judged does not pass.
 */
export function decide(request: PromotionRequest, evidence: Evidence): Decision {
  const { state, stages } = evidence;
  const policy = stages.find(({ name }) => name === request.stage);
  const version = judgeVersion(request, state);
  const there = state.stages[request.stage]?.event.name;
  if (there !== undefined && there === request.name && policy !== undefined && version.verdict === 'pass') {
    const because = `${there} stands in ${request.stage} already, so nothing changes`;
    const already: DecidedCheck = { check: 'version', verdict: 'pass', because };
    // The answer to a tag names who asked: that has to be somebody who may.
    const rights: DecidedCheck[] =
      request.request === undefined ? [] : [{ check: 'promoter', ...promoterOf(request, evidence) }];
    const decided = decision(request, state, [already, ...rights]);
    return decided.verdict === 'pass' ? { ...decided, already: true } : decided;
  }
  const checks: DecidedCheck[] = [
    { check: 'version', ...version },
    { check: 'stage-order', ...judgeOrder(request, state, stages) },
  ];
  if (policy === undefined) return decision(request, state, checks);
  checks.push({ check: 'promoter', ...promoterOf(request, evidence) });
  if (policy.approvals > 0 || evidence.approvals.length > 0) {
    checks.push({ check: 'approvals', ...judgeApprovals(request, policy, evidence) });
  }
  if (policy.maxAgeDays !== undefined) {
    checks.push({ check: 'freshness', ...judgeFreshness(policy.maxAgeDays, evidence) });
  }
  if (policy.provenance) {
    const missing: Judgement = { verdict: 'inconclusive', because: 'its provenance was not verified' };
    checks.push({ check: 'provenance', ...(evidence.provenance ?? missing) });
  }
  if (evidence.rows !== undefined) checks.push({ check: 'model', verdict: 'pass', because: evidence.rows });
  for (const gate of gatesOf(evidence)) checks.push({ check: 'gate', ...gate });
  return decision(request, state, checks);
}

function promoterOf({ cause, stage }: PromotionRequest, { promoter, stages }: Evidence): Judgement {
  const isAutomatic = cause === 'automatic' && stages.some(({ name, auto }) => name === stage && auto);
  if (!isAutomatic) return promoter;
  return { verdict: 'pass', because: `every version that passes its gates comes to ${stage} by itself` };
}

function gatesOf({ gates }: Evidence): readonly Judgement[] {
  if (gates === undefined) return [{ verdict: 'inconclusive', because: 'the gates were not judged' }];
  return gates.length > 0 ? gates : [{ verdict: 'pass', because: 'its pipeline has no gates' }];
}

function decision(
  request: PromotionRequest,
  state: ModelState,
  checks: readonly DecidedCheck[],
): Decision & { readonly verdict: Verdict } {
  const { name, stage, cause, by } = request;
  const there = state.stages[stage]?.event.name;
  return {
    model: state.model,
    ...(name === undefined ? {} : { name }),
    stage,
    cause,
    by,
    verdict: worstVerdict(checks.map(({ verdict }) => verdict)),
    checks,
    ...(there === undefined ? {} : { replaces: there }),
    ...(request.request === undefined ? {} : { request: request.request.tag }),
  };
}
