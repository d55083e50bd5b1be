import type { Failure, Result, Verdict } from '../../base/index.ts';
import { failed, success, worstVerdict } from '../../base/index.ts';
import type { Judgement } from '../decision.ts';
import type { DecidedCheck, Identity, VersionName } from '../event.ts';
import type { ModelState, TaggedEvent } from '../state.ts';
import type { WriterWorld } from './append-decided.ts';
import { appendDecided } from './append-decided.ts';
import { stageChanged } from './failures.ts';
import { judgeVersion } from './judge-version.ts';
import { versionBefore } from './stage-history.ts';

export interface ArchiveRequest {
  readonly name: VersionName;
  readonly by: Identity;
  /** Take it out of the stages where it stands first. */
  readonly withdraw: boolean;
}

export interface ArchiveDecision {
  readonly model: string;
  readonly name: VersionName;
  readonly by: Identity;
  readonly verdict: Verdict;
  readonly checks: readonly DecidedCheck[];
  /** Stages that it leaves first, each with the version that "rollback" would bring back there. */
  readonly withdrawn: readonly { readonly stage: string; readonly before?: VersionName }[];
  /** It is archived already: there is nothing to do. */
  readonly already?: true;
}

/** May the version be archived? What stands somewhere is not, unless it is withdrawn by somebody who may. */
export function decideArchive(
  request: ArchiveRequest,
  state: ModelState,
  mayWithdraw: ReadonlyMap<string, Judgement>,
): ArchiveDecision {
  const { name, by, withdraw } = request;
  const version = state.versions.find((each) => each.name === name);
  const basics = { model: state.model, name, by };
  if (version?.archived === true && version.digest !== undefined) {
    const checks: DecidedCheck[] = [
      { check: 'version', verdict: 'pass', because: `${name} is archived already` },
    ];
    return { ...basics, verdict: 'pass', checks, withdrawn: [], already: true };
  }
  const checks: DecidedCheck[] = [
    { check: 'version', ...judgeVersion({ name, by, stage: '', cause: 'promotion' }, state) },
  ];
  const stages = version?.stages ?? [];
  if (stages.length === 0) {
    checks.push({ check: 'stage-order', verdict: 'pass', because: `${name} stands in no stage` });
  } else if (!withdraw) {
    const because = `${name} stands in ${stages.join(' and ')}: put another version there first, or withdraw it with "--withdraw"`;
    checks.push({ check: 'stage-order', verdict: 'fail', because });
  } else {
    checks.push({ check: 'stage-order', verdict: 'pass', because: `${name} leaves ${stages.join(' and ')}` });
    for (const stage of stages) {
      const unknown: Judgement = { verdict: 'inconclusive', because: `who may change ${stage} is not known` };
      checks.push({ check: 'promoter', ...(mayWithdraw.get(stage) ?? unknown) });
    }
  }
  return {
    ...basics,
    verdict: worstVerdict(checks.map(({ verdict }) => verdict)),
    checks,
    withdrawn: stages.map((stage) => {
      const before = versionBefore(state, stage);
      return { stage, ...(before === undefined ? {} : { before }) };
    }),
  };
}

export interface ArchiveAnswer {
  readonly kind: 'archived' | 'refused' | 'already' | 'would-archive';
  readonly decision: ArchiveDecision;
  readonly events: readonly TaggedEvent[];
}

export interface ArchiveWorld extends WriterWorld {
  /** Whether `by` may take a version out of a stage. */
  readonly judgePromoter: (stage: string) => Promise<Judgement>;
  readonly why: string;
  readonly dryRun?: boolean;
}

/**
 * Takes the version out of its stages, each by an event, and archives it by the last one. Whatever interrupts it leaves
 * a legal history, and the same command finishes it.
 */
export async function archive(
  model: string,
  request: ArchiveRequest,
  world: ArchiveWorld,
): Promise<Result<ArchiveAnswer, readonly Failure[]>> {
  const events: TaggedEvent[] = [];
  const ids = new Set<string>();
  let whole: ArchiveDecision | undefined;
  for (;;) {
    const done = await appendDecided<ArchiveAnswer>(model, world, async ({ state, news }) => {
      const undoing = news.filter(({ id, event }) => !ids.has(id) && comesBack(event, request.name));
      if (undoing[0] !== undefined && 'stage' in undoing[0].event) {
        return failed([stageChanged(state, undoing[0].event.stage, undoing)]);
      }
      const stages = state.versions.find(({ name }) => name === request.name)?.stages ?? [];
      const judged = new Map<string, Judgement>();
      for (const stage of stages) judged.set(stage, await world.judgePromoter(stage));
      const decision = decideArchive(request, state, judged);
      // The first decision names everything that is withdrawn.
      whole ??= decision;
      const answer = (kind: ArchiveAnswer['kind']): ArchiveAnswer => ({
        kind,
        decision: kind === 'archived' ? whole! : decision,
        events: [],
      });
      const stop = (kind: ArchiveAnswer['kind']) => success({ kind: 'stop' as const, value: answer(kind) });
      if (decision.already === true) return stop('already');
      if (decision.verdict !== 'pass') return stop('refused');
      if (world.dryRun === true) return stop('would-archive');
      const { commit, digest } = state.versions.find(({ name }) => name === request.name)!;
      const subject = { name: request.name, digest: digest!, by: request.by, why: world.why };
      const { checks } = decision;
      return success({
        kind: 'write',
        value: answer('archived'),
        commit,
        draft:
          stages[0] === undefined
            ? { kind: 'archive', ...subject }
            : { kind: 'unassign', cause: 'withdrawn', stage: stages[0], checks, ...subject },
      });
    });
    if (!done.ok) return done;
    const { event, value } = done.value;
    if (event !== undefined) {
      events.push(event);
      ids.add(event.id);
    }
    if (event === undefined || event.event.kind === 'archive') return success({ ...value, events });
  }
}

function comesBack(event: TaggedEvent['event'], name: VersionName): boolean {
  return event.kind === 'assign' && event.name === name;
}
