import type { ModelState, StagePolicy } from '../../registry/index.ts';
import { latestVersion, stageHistory, versionBefore } from '../../registry/index.ts';
import type {
  ApprovalFacts,
  DeployedFacts,
  DeploymentFacts,
  ListedModel,
  ModelEvent,
  ModelFile,
  StageFacts,
  StandingVersion,
  VersionFacts,
} from '../format/index.ts';
import type { DeployedStage } from './deployments.ts';
import { openName, openNames, openText } from './open-names.ts';

/** What a model's file is made of, besides its tags. */
export interface AboutModel {
  readonly versions: readonly VersionFacts[];
  readonly policies: readonly StagePolicy[];
  readonly approvals: readonly ApprovalFacts[];
  readonly deployed: readonly DeployedStage[];
}

export function modelFile(state: ModelState, about: AboutModel): ModelFile {
  const { versions, policies, approvals, deployed } = about;
  const { model, events, requests, problems } = state;
  const pipeline = versions.find((version) => version.pipeline !== undefined)?.pipeline;
  return openNames(state)<ModelFile>({
    version: 1,
    name: model,
    ...(pipeline === undefined ? {} : { pipeline }),
    versions,
    events: events.map(eventFacts),
    stages: stageFacts(state, policies),
    requests: requests.map(({ tag, kind, commit, name, stage, by, at }) => ({
      tag,
      kind,
      commit,
      ...(name === undefined ? {} : { version: name }),
      ...(stage === undefined ? {} : { stage }),
      ...(by === undefined ? {} : { by }),
      ...(at === undefined ? {} : { at }),
    })),
    problems: problems.map((one) => ({ ...one, problem: openText(one.problem, model) })),
    approvals,
    deployments: deployed.flatMap((stage) => deploymentFacts(state, stage)),
  });
}

export function listedModel(state: ModelState, file: ModelFile, path: string): ListedModel {
  const newest = latestVersion(state)?.name;
  const latest = file.versions.find(({ version }) => version === newest);
  const standing = file.stages.flatMap(({ name, now }) =>
    now === undefined ? [] : [[name, standingVersion(file, now)] as const],
  );
  return {
    name: state.model,
    file: path,
    ...(file.pipeline === undefined ? {} : { pipeline: file.pipeline }),
    versions: file.versions.length,
    ...(latest?.run === undefined || latest.at === undefined
      ? {}
      : {
          latest: {
            version: latest.version,
            run: latest.run,
            at: latest.at,
            ...(latest.metric === undefined ? {} : { metric: latest.metric }),
          },
        }),
    stages: Object.fromEntries(standing),
    requests: file.requests.length,
    problems: file.problems.length,
  };
}

function standingVersion(
  { versions }: ModelFile,
  { version, since }: { readonly version: string; readonly since: string },
): StandingVersion {
  const made = versions.find((each) => each.version === version);
  return {
    version,
    since,
    ...(made?.run === undefined || made.pipeline === undefined
      ? {}
      : { run: { pipeline: made.pipeline, id: made.run } }),
  };
}

function eventFacts({ tag, id, commit, event }: ModelState['events'][number]): ModelEvent {
  const { version: _, model, after: ___, ...said } = event;
  const checks = 'checks' in said ? said.checks : undefined;
  const judged = checks?.map((check) => ({ ...check, because: openText(check.because, model) }));
  return { ...said, ...(judged === undefined ? {} : { checks: judged }), tag, id, commit } as ModelEvent;
}

function stageFacts(state: ModelState, policies: readonly StagePolicy[]): readonly StageFacts[] {
  const declared = new Map(policies.map((policy) => [policy.name, policy]));
  const others = Object.keys(state.stages)
    .filter((name) => !declared.has(name))
    .sort();
  return [...declared.keys(), ...others].map((name) => {
    const policy = declared.get(name);
    const there = stageOf(state, name);
    const now =
      there === undefined
        ? {}
        : { now: { version: there.event.name, since: there.event.at, tag: there.tag } };
    return policy === undefined
      ? { name, declared: false, auto: false, promoters: [], approvals: 0, provenance: false, ...now }
      : {
          ...policy,
          promoters: policy.promoters.map(openName),
          declared: true,
          ...ready(state, policy),
          ...before(state, name),
          ...now,
        };
  });
}

/** By the rule of the registry: what stands in `from`, or stood there until a newer one took its place. */
function ready(state: ModelState, { from }: StagePolicy): Pick<StageFacts, 'ready'> {
  if (from === undefined) return {};
  const { ever, expelled } = stageHistory(state, from);
  const present = stageOf(state, from)?.event.name;
  const names = state.versions.filter(({ archived }) => !archived).map(({ name }) => name);
  return { ready: names.filter((name) => name === present || (ever.has(name) && !expelled.has(name))) };
}

function before(state: ModelState, stage: string): Pick<StageFacts, 'before'> {
  const name = versionBefore(state, stage);
  // Of what another tool made nobody knows which model it is: that comes nowhere.
  const isOurs = state.versions.some((each) => each.name === name && each.digest !== undefined);
  return name === undefined || !isOurs ? {} : { before: name };
}

/** A stage may be named as what every object has. */
function stageOf({ stages }: ModelState, name: string): ModelState['stages'][string] | undefined {
  return Object.hasOwn(stages, name) ? stages[name] : undefined;
}

function deploymentFacts(state: ModelState, deployed: DeployedStage): readonly DeploymentFacts[] {
  const { stage, branch, commit, models, cut, problems } = deployed;
  const history = models.get(state.model) ?? [];
  if (history.length === 0) return [];
  const now = history[0]?.version === undefined ? undefined : history[0];
  return [
    {
      stage,
      branch,
      commit,
      ...(now === undefined ? {} : { now }),
      registry: registrySays(state, stage, now),
      history,
      ...(cut ? { cut } : {}),
      ...(problems.length === 0 ? {} : { problem: problems.join('; ') }),
    },
  ];
}

/** Whether the deployment is by the very assignment that counts now: the same version may have come back since. */
function registrySays(
  state: ModelState,
  stage: string,
  now: DeployedFacts | undefined,
): DeploymentFacts['registry'] {
  const there = stageOf(state, stage);
  if (there === undefined) return { says: 'nothing' };
  const { digest, name } = there.event;
  return now?.version === name && now.digest === digest
    ? { says: 'same' }
    : { says: 'other', version: name, tag: there.tag };
}
