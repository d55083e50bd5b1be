import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { Deployment, DeploymentLock, Rollout, RolloutStep, StageSettings } from '../deploy/index.ts';
import {
  addressOf,
  branchOfStage,
  decideChange,
  imageReference,
  logNeeds,
  noteOf,
  overtaken,
  renderDeployment,
  stageSettings,
} from '../deploy/index.ts';
import { stageUndeclared } from '../registry/index.ts';
import { imageFor } from './deploy-image.ts';
import { openBranch, readyForDocker, rollOutHere } from './deploy-world.ts';
import type { StandingVersion } from './deployable.ts';
import { judgeDeployable, standingVersion } from './deployable.ts';
import type { Effects } from './effects.ts';
import { openPipeline } from './open-project.ts';
import type { OpenedRegistry } from './open-registry.ts';
import { openRegistry } from './open-registry.ts';

export interface DeployOptions {
  /** `heart-disease`: what stands in the stage; another reference has to be just that. */
  readonly reference: string;
  readonly to: string;
  /** Default: the setting of the stage. */
  readonly target?: 'manifests' | 'docker';
  /** `<repository>@<digest>` of an image that holds the version. Default: it is built. */
  readonly image?: string;
  /** For the target `docker`: how many servers. Default: the least of the setting. */
  readonly replicas?: number;
  /** For the target `docker`: where the balancer listens. Default: by the settings, else where it listens already. */
  readonly port?: number;
  readonly dryRun?: boolean;
}

export interface DeployReport {
  readonly model: string;
  readonly stage: string;
  readonly version: string;
  readonly target: 'manifests' | 'docker';
  /** `<repository>@<digest>`; for a dry run without the base's registry `<repository>:<tag>`: the digest comes out of the build. */
  readonly image: string;
  readonly provenance: Deployment['provenance'];
  /** For `manifests`. */
  readonly branch?: BranchReport;
  /** For `docker`; absent for a dry run. */
  readonly rollout?: Rollout;
  /** Where predictions are answered: behind the balancer, or behind the Ingress of a stage that names its host. */
  readonly url?: string;
}

export interface BranchReport {
  readonly name: string;
  /** Absent for a dry run, and where there is no branch yet. */
  readonly commit?: string;
  /** Paths that changed, or would. */
  readonly changed: readonly string[];
  /** Absent where the digest of the image is not known; then every file that names it counts as changed. */
  readonly lock?: DeploymentLock;
}

export type DeployEffects = Effects & {
  /** What happens to containers, as it happens. */
  readonly onStep?: (step: RolloutStep) => void;
};

/** As often as somebody may promote another version while an image is built. */
const mostTurns = 5;

/**
 * Brings what stands in a stage to where the stage runs. Only what was promoted is deployed; a rollback is the
 * deployment of what the stage says after it. When something else comes to stand there meanwhile, that is deployed:
 * whoever named a version is told so, and whoever named an image, which holds one.
 */
export async function deploy(
  options: DeployOptions,
  effects: DeployEffects,
): Promise<Result<DeployReport, readonly Failure[]>> {
  let before: string | undefined;
  for (let turn = 1; ; turn++) {
    let tag: string | undefined;
    const done = await deployStanding(options, effects, (assignment) => {
      tag = assignment;
    });
    const isOver = done.ok || turn >= mostTurns || options.image !== undefined || tag === before;
    if (isOver || !done.failure.some(({ code }) => code === 'deploy-overtaken')) return done;
    before = tag;
  }
}

async function deployStanding(
  options: DeployOptions,
  effects: DeployEffects,
  /** The tag by which a version stands in the stage. */
  onStanding: (tag: string) => void,
): Promise<Result<DeployReport, readonly Failure[]>> {
  const opened = await openRegistry(effects);
  if (!opened.ok) return opened;
  const { stages } = opened.value.project;
  const stage = stages.find(({ name }) => name === options.to);
  if (stage === undefined) {
    const names = stages.map(({ name }) => name);
    return failed([stageUndeclared(options.to, names)]);
  }
  const standing = await standingVersion(options, opened.value);
  if (!standing.ok) return failed([standing.failure]);
  onStanding(standing.value.assignment.tag);
  const provenance = await judgeDeployable(standing.value, stage, opened.value);
  if (!provenance.ok) return failed([provenance.failure]);
  const settings = settingsOf(options, stageSettings(stage));
  if (settings.target === 'docker' && options.dryRun !== true) {
    // The servers that answer meanwhile share its processors: an image is computed with what they leave.
    effects.giveWay();
    const ready = await readyForDocker(settings, effects);
    if (!ready.ok) return failed([ready.failure]);
  }
  const image = await imageFor(options, standing.value, { settings, opened: opened.value, effects });
  if (!image.ok) return image;
  const deployment: Deployment = {
    model: standing.value.model,
    version: standing.value.version.name,
    digest: standing.value.digest,
    assignment: standing.value.assignment,
    lineage: standing.value.lineage,
    provenance: provenance.value,
    image: image.value.image,
    settings,
    log: await logOf(standing.value, opened.value),
  };
  const { unbuilt } = image.value;
  const report = { ...basicsOf(deployment), ...(unbuilt === undefined ? {} : { image: unbuilt }) };
  switch (settings.target) {
    case 'docker': {
      if (options.dryRun === true) return success(report);
      const rollout = await rollOutHere(deployment, image.value, options, opened.value, effects);
      if (!rollout.ok) return rollout;
      const url = `${rollout.value.url}/predict/${encodeURIComponent(deployment.model)}`;
      return success({ ...report, rollout: rollout.value, url });
    }
    case 'manifests': {
      const branch = await writeBranch(deployment, options, opened.value, effects);
      if (!branch.ok) return failed([branch.failure]);
      const { lock: _, ...known } = branch.value;
      const url = addressOf(settings, deployment.model);
      const place = url === undefined ? {} : { url };
      return success({ ...report, ...place, branch: unbuilt === undefined ? branch.value : known });
    }
  }
}

function settingsOf({ target, replicas }: DeployOptions, settings: StageSettings): StageSettings {
  return {
    ...settings,
    target: target ?? settings.target,
    ...(replicas === undefined
      ? {}
      : { replicas: { min: replicas, max: Math.max(replicas, settings.replicas.max) } }),
  };
}

/** The pipeline of the work tree says where predictions are kept, as it does for the image. */
async function logOf({ model }: StandingVersion, { root }: OpenedRegistry): Promise<Deployment['log']> {
  const pipeline = await openPipeline(root, model);
  return logNeeds(pipeline.ok ? pipeline.value.file.serving?.log : undefined);
}

function basicsOf({ model, version, image, settings, provenance }: Deployment): DeployReport {
  const { stage, target } = settings;
  return { model, stage, version, target, image: imageReference(image), provenance };
}

async function writeBranch(
  deployment: Deployment,
  { dryRun }: DeployOptions,
  opened: OpenedRegistry,
  effects: DeployEffects,
): Promise<Result<BranchReport, Failure>> {
  const rendered = renderDeployment(deployment);
  const name = branchOfStage(deployment.settings.stage);
  const { lock } = rendered;
  const branch = openBranch(name, opened, effects);
  if (dryRun === true) {
    const view = await branch.view();
    if (!view.ok) return view;
    const change = await decideChange(rendered, view.value);
    if (!change.ok) return change;
    const changed: string[] = change.value.remove.filter((path) => view.value.paths.includes(path));
    for (const { path, text } of change.value.write) {
      const before = await view.value.read(path);
      if (!before.ok) return before;
      if (before.value !== text) changed.push(path);
    }
    return success({ name, changed: changed.sort(), lock });
  }
  const note = noteOf(deployment, effects.now());
  const written = await branch.update(async (view) => {
    const current = await stillStands(deployment, opened);
    return current.ok ? await decideChange(rendered, view) : current;
  }, note);
  if (!written.ok) return written;
  const { commit, changed } = written.value;
  return success({ name, ...(commit === undefined ? {} : { commit }), changed, lock });
}

/** While an image was built, somebody may have promoted another version: that one is deployed, and not this. */
async function stillStands(
  { model, assignment, settings }: Deployment,
  { ledger }: OpenedRegistry,
): Promise<Result<void, Failure>> {
  const news = await ledger.refresh(model);
  if (!news.ok) return news;
  const state = await ledger.state(model);
  if (!state.ok) return state;
  const now = state.value.stages[settings.stage];
  if (now?.tag === assignment.tag) return success(undefined);
  const theirs = now?.tag ?? `nothing`;
  return failed(overtaken(assignment.tag, theirs, `stands in ${settings.stage} by now`));
}
