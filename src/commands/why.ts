import type { Failure, Result } from '../base/index.ts';
import { failed } from '../base/index.ts';
import type { WhyStep } from '../pipeline/index.ts';
import { why as whyOfPlan } from '../pipeline/index.ts';
import type { Effects } from './effects.ts';
import type { PlanRequest } from './plan-pipeline.ts';
import { planPipeline } from './plan-pipeline.ts';

/** Which inputs made a step stale, or why it ran when it ran last. */
export async function why(
  options: PlanRequest & { readonly step: string },
  effects: Pick<Effects, 'cwd' | 'env' | 'now'>,
): Promise<Result<readonly WhyStep[], readonly Failure[]>> {
  const planned = await planPipeline(options, effects);
  if (!planned.ok) return planned;
  const answer = whyOfPlan(planned.value.plan, options.step, planned.value.state);
  return answer.ok ? answer : failed([answer.failure]);
}
