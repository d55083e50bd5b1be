import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { openGithubForge } from '../github/index.ts';
import { openLocalState } from '../pipeline/index.ts';
import { recordDigest } from '../provenance/index.ts';
import type {
  Evidence,
  Forge,
  Judgement,
  ModelState,
  ModelVersion,
  PromotionRequest,
} from '../registry/index.ts';
import { judgeNow, judgePromoter, readApprovals, rowsSentence, stagePolicies } from '../registry/index.ts';
import type { RunRecord } from '../runs/index.ts';
import { openRuns } from '../runs/index.ts';
import type { Effects } from './effects.ts';
import { openPipeline } from './open-project.ts';
import type { OpenedRegistry } from './open-registry.ts';
import { judgeProvenance } from './verify-model.ts';

export type PromotionEffects = Effects & {
  /** Where teams are asked for; by default GitHub, where the environment has a token for it. */
  readonly forge?: Forge;
};

export function forgeOf(effects: PromotionEffects): Forge | undefined {
  const { env, signal } = effects;
  const wait = async (ms: number): Promise<void> => {
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  };
  return effects.forge ?? openGithubForge({ environment: env, sleep: wait });
}

export type Gather = (
  request: PromotionRequest,
  state: ModelState,
) => Promise<Result<Evidence, readonly Failure[]>>;

/**
 * Looks at everything that a promotion depends on. Judging the gates takes seconds and depends on the version and on
 * what stands in the stages alone, so that after a lost race it is done again only where those have changed.
 */
export function gatherer(
  opened: OpenedRegistry,
  effects: PromotionEffects,
  { mustSign }: { readonly mustSign: boolean },
): Gather {
  const stages = stagePolicies(opened.project.stages);
  const judged = new Map<string, Promise<Result<JudgedVersion, readonly Failure[]>>>();
  return async (request, state) => {
    const { stage, by, name } = request;
    const policy = stages.find((each) => each.name === stage);
    const version = state.versions.find((each) => each.name === name);
    const promoters = policy?.promoters ?? [];
    const promoter = await judgePromoter({ by, stage, promoters, mustSign, forge: forgeOf(effects) });
    const approvals =
      name === undefined ? success([]) : await readApprovals({ model: state.model, name, stage }, opened);
    if (!approvals.ok) return failed([approvals.failure]);
    const problem = 'there is no version to look at';
    const basics = { state, stages, promoter, approvals: approvals.value, now: effects.now() };
    // What is refused for these reasons already is not judged by its gates: there is nothing to judge.
    if (policy === undefined || version?.digest === undefined || version.archived) {
      return success({ ...basics, startedAt: { problem }, gates: undefined });
    }
    if (state.stages[stage]?.event.name === name) {
      return success({ ...basics, startedAt: { problem }, gates: undefined });
    }
    const key = `${name} ${Object.values(state.stages).map((there) => there?.event.digest)}`;
    const judging = judged.get(key) ?? judgeVersionNow(version, state, opened, effects);
    judged.set(key, judging);
    const found = await judging;
    if (!found.ok) return found;
    const provenance = policy.provenance ? await judgeProvenance(version, opened) : undefined;
    if (provenance?.ok === false) return failed([provenance.failure]);
    return success({
      ...basics,
      ...found.value,
      ...(provenance === undefined ? {} : { provenance: provenance.value }),
    });
  };
}

type JudgedVersion = Pick<Evidence, 'gates' | 'startedAt' | 'rows'>;

async function judgeVersionNow(
  version: ModelVersion,
  state: ModelState,
  opened: OpenedRegistry,
  effects: Effects,
): Promise<Result<JudgedVersion, readonly Failure[]>> {
  const { root, repository, project } = opened;
  const history = openRuns({ repository, branch: project.runs.branch, root });
  const record = await recordOf(version, history);
  if ('problem' in record) return success(unknown(record.problem));
  const startedAt = { at: record.startedAt };
  const store = await opened.openStore();
  if (!store.ok) return failed([store.failure]);
  const pipeline = await openPipeline(root, record.pipeline);
  if (!pipeline.ok) {
    const because = `the gates cannot be read: ${pipeline.failure.map(({ message }) => message).join('; ')}`;
    return success({ startedAt, gates: [{ verdict: 'inconclusive', because }] });
  }
  const local = openLocalState({ root, now: () => effects.now().getTime() });
  const { env, now, machine, signal } = effects;
  const judged = await judgeNow(
    {
      pipeline: pipeline.value,
      digest: version.digest!,
      record,
      state,
      history,
      repository,
      store: store.value,
      local,
    },
    { env, now, cpus: machine.cpus, signal, temporary: env['TMPDIR'] ?? tmpdir() },
  );
  if (!judged.ok) return judged;
  const { report, rows } = judged.value;
  return success({
    startedAt,
    gates: report.results.map(({ verdict, reason }): Judgement => ({ verdict, because: reason })),
    ...(rows === undefined ? {} : { rows: rowsSentence(rows) }),
  });
}

/** The record that the registration names by its digest: another one of the same id proves nothing. */
async function recordOf(
  { registered }: ModelVersion,
  history: ReturnType<typeof openRuns>,
): Promise<RunRecord | { readonly problem: string }> {
  if (!('event' in registered)) return { problem: 'it was not registered by Trainyard' };
  const { run, pipeline, record: digest } = registered.event;
  const found = await history.find(run, pipeline);
  if (!found.ok) {
    return { problem: `the record of its run ${run} is not in this clone ("trainyard runs pull" brings it)` };
  }
  if (recordDigest(found.value) === digest) return found.value;
  return { problem: `the record of its run ${run} is not the one that ${registered.tag} names` };
}

function unknown(problem: string): JudgedVersion {
  return { startedAt: { problem }, gates: [{ verdict: 'inconclusive', because: problem }] };
}
