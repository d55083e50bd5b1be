import type { Failure, Result } from '../../base/index.ts';
import { success, worstVerdict } from '../../base/index.ts';
import type { Decision, Judgement, StagePolicy } from '../decision.ts';
import type { DecidedCheck, Identity, VersionName } from '../event.ts';
import type { ModelState, TaggedEvent } from '../state.ts';
import type { WriterWorld } from './append-decided.ts';
import { appendDecided, checkUntouched } from './append-decided.ts';
import { judgeVersion } from './judge-version.ts';
import { writing } from './promote.ts';
import { stageHistory, versionBefore } from './stage-history.ts';

export interface RollbackRequest {
  readonly stage: string;
  /** Default: the version that stood there before the present one. */
  readonly to?: VersionName;
  readonly by: Identity;
}

export interface RollbackEvidence {
  readonly state: ModelState;
  readonly stages: readonly StagePolicy[];
  readonly promoter: Judgement;
}

/**
 * May the stage go back, and to what? No gate is asked: what stood there once was judged when it came. So only what
 * stood there may come back this way.
 */
export function decideRollback(request: RollbackRequest, evidence: RollbackEvidence): Decision {
  const { stage, by } = request;
  const { state, stages, promoter } = evidence;
  const there = state.stages[stage]?.event.name;
  const name = request.to ?? versionBefore(state, stage);
  const basics = { model: state.model, stage, cause: 'rollback', by } as const;
  const rest = {
    ...(name === undefined ? {} : { name }),
    ...(there === undefined ? {} : { replaces: there }),
  };
  const checks: DecidedCheck[] = [
    { check: 'version', ...targetOf(name, request, state) },
    ...judgePlace(name, request, evidence).map((each) => ({ check: 'stage-order' as const, ...each })),
    { check: 'promoter', ...promoter },
  ];
  if (name !== undefined && name === there && stages.some((policy) => policy.name === stage)) {
    const because = `${there} stands in ${stage} already, so nothing changes`;
    const already: DecidedCheck = { check: 'version', verdict: 'pass', because };
    return { ...basics, ...rest, verdict: 'pass', checks: [already], already: true };
  }
  return { ...basics, ...rest, verdict: worstVerdict(checks.map(({ verdict }) => verdict)), checks };
}

function targetOf(
  name: VersionName | undefined,
  { stage, by }: RollbackRequest,
  state: ModelState,
): Judgement {
  if (name !== undefined) return judgeVersion({ name, stage, by, cause: 'promotion' }, state);
  const there = state.stages[stage]?.event.name;
  const skipped = state.versions.filter(
    (version) => version.archived && stageHistory(state, stage).line.includes(version.name),
  );
  const because =
    there === undefined
      ? `nothing stood in ${stage} before`
      : `before ${there} nothing stood in ${stage}${skipped.length === 0 ? '' : ' that is not archived'}`;
  return { verdict: 'fail', because };
}

/** Nothing to say of the place where there is nothing to go back to. */
function judgePlace(
  name: VersionName | undefined,
  { stage }: RollbackRequest,
  { state, stages }: RollbackEvidence,
): readonly Judgement[] {
  if (!stages.some((policy) => policy.name === stage)) {
    return [{ verdict: 'fail', because: `trainyard.yaml has no stage ${JSON.stringify(stage)}` }];
  }
  if (name === undefined) return [];
  if (stageHistory(state, stage).ever.has(name)) {
    return [{ verdict: 'pass', because: `${name} stood in ${stage} before` }];
  }
  return [{ verdict: 'fail', because: `${name} never stood in ${stage}, to go back to; promote it instead` }];
}

export type RollbackAnswer =
  | { readonly kind: 'rolled-back'; readonly decision: Decision; readonly event: TaggedEvent }
  | { readonly kind: 'refused' | 'already' | 'would-roll-back'; readonly decision: Decision };

export interface RollbackWorld extends WriterWorld {
  readonly judgePromoter: () => Promise<Judgement>;
  readonly stages: readonly StagePolicy[];
}

/**
 * Goes back in one event. When somebody changes the stage in the same moment, this one loses: what its caller saw
 * there is no longer there, and two rollbacks at once must not go back twice.
 */
export async function rollback(
  model: string,
  request: RollbackRequest,
  world: RollbackWorld & { readonly why: string; readonly dryRun?: boolean },
): Promise<Result<RollbackAnswer, readonly Failure[]>> {
  const promoter = await world.judgePromoter();
  const done = await appendDecided<RollbackAnswer>(model, world, async (round) => {
    const untouched = checkUntouched(round, request.stage);
    if (!untouched.ok) return untouched;
    const decision = decideRollback(request, { state: round.state, stages: world.stages, promoter });
    const stop = (kind: 'refused' | 'already' | 'would-roll-back') =>
      success({ kind: 'stop' as const, value: { kind, decision } });
    if (decision.already === true) return stop('already');
    if (decision.verdict !== 'pass') return stop('refused');
    if (world.dryRun === true) return stop('would-roll-back');
    return success(writing<RollbackAnswer>(decision, { kind: 'refused', decision }, round.state, world.why));
  });
  if (!done.ok) return done;
  const { value, event } = done.value;
  return success(event === undefined ? value : { kind: 'rolled-back', decision: value.decision, event });
}
