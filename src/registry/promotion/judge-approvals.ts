import type { Judgement, StagePolicy } from '../decision.ts';
import type { Approval } from './approval.ts';
import type { Evidence, PromotionRequest } from './evidence.ts';
import { sameName } from './promoter.ts';

/** So many people other than the promoter have approved exactly this model for this stage. */
export function judgeApprovals(
  { name, stage, by }: PromotionRequest,
  { approvals: wanted }: Pick<StagePolicy, 'approvals'>,
  { approvals, state }: Pick<Evidence, 'approvals' | 'state'>,
): Judgement {
  const digest = state.versions.find((version) => version.name === name)?.digest;
  const counted: string[] = [];
  const others: string[] = [];
  for (const approval of approvals) {
    if (approval.stage !== stage || approval.name !== name) continue;
    const problem = problemOf(approval, digest, by.name);
    if (problem !== undefined) others.push(`that of ${approval.by.name} does not count: ${problem}`);
    else if (!counted.some((other) => sameName(other, approval.by.name))) counted.push(approval.by.name);
  }
  const by_ = counted.length === 0 ? '' : ` by ${counted.join(', ')}`;
  const rest = others.length === 0 ? '' : `; ${others.join('; ')}`;
  const needed = wanted === 0 ? 'none is needed' : `${wanted} ${wanted === 1 ? 'is' : 'are'} needed`;
  return {
    verdict: counted.length >= wanted ? 'pass' : 'fail',
    because: `${counted.length} ${counted.length === 1 ? 'approval' : 'approvals'}${by_}, ${needed}${rest}`,
  };
}

function problemOf(approval: Approval, digest: string | undefined, promoter: string): string | undefined {
  if (approval.problem !== undefined) return approval.problem;
  if (approval.by.proof === 'nobody') return 'nobody vouches for who it is';
  if (digest === undefined || approval.digest !== digest) return 'it is of another model';
  return sameName(approval.by.name, promoter) ? 'nobody approves their own promotion' : undefined;
}
