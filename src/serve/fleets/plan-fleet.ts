import { setTimeout as pauseFor } from 'node:timers/promises';
import type { Failure, Result } from '../../base/index.ts';
import { failed } from '../../base/index.ts';
import type { Engine } from '../engine.ts';
import type {
  OfVersion,
  PlannedFleet,
  PlanOutcome,
  Readiness,
  ServedModel,
  ServedVersion,
} from '../fleet.ts';
import type { PlannedModel, PlannedVersion, RefusedVersion, ServingPlan } from '../plan.ts';
import { versionFailed } from './failures.ts';
import { patientEngine } from './patient.ts';
import { becauseOf, withoutPlaces } from './readiness.ts';
import { chooser } from './route.ts';

export interface PlanFleetOptions {
  /** Loads a version, warms it and holds it against its golden requests. */
  readonly open: (version: PlannedVersion) => Promise<Result<Engine, Failure>>;
  /**
   * Milliseconds after which an engine that is no longer needed is disposed; a request that has chosen it and not asked
   * it yet is not left alone. Default: 1,000.
   */
  readonly lingerMs?: number;
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

interface Loaded extends ServedVersion {
  readonly planned: PlannedVersion;
  /** The same version as a shadow. */
  readonly copies: ServedVersion;
}

/** What stands for one model of the plan. */
interface Standing {
  readonly planned: PlannedModel;
  /** Absent when no version answers. */
  readonly model?: ServedModel;
  readonly loaded: ReadonlyMap<string, Loaded>;
  readonly served?: Loaded;
  readonly refused: readonly RefusedVersion[];
}

type Fleetful = ReadonlyMap<string, Standing>;

/**
 * A fleet that is what the last plan says, as far as its versions could be loaded. Each version is an engine that is
 * shared by all its roles; requests end with the engine that they began with, and what no plan names any more is disposed
 * once they have.
 */
export function planFleet(options: PlanFleetOptions): PlannedFleet {
  const { open, lingerMs = 1000, pause = (milliseconds) => pauseFor(milliseconds) } = options;
  let standing: Fleetful = new Map();
  let models: readonly ServedModel[] = [];
  let readiness: Readiness = { ready: false, models: {}, notes: ['no plan was applied yet'] };
  let turn: Promise<unknown> = Promise.resolve();
  let isClosed = false;
  const leaving = new Set<Promise<void>>();

  const retire = (version: Loaded): void => {
    const left = (async () => {
      if (!isClosed) await pause(lingerMs);
      try {
        await version.copies.engine[Symbol.asyncDispose]();
      } finally {
        await version.engine[Symbol.asyncDispose]();
      }
    })();
    leaving.add(left);
    // An old version that cannot be freed is no reason to end the server.
    const forget = (): void => void leaving.delete(left);
    left.then(forget, forget);
  };

  const apply = async (plan: ServingPlan): Promise<PlanOutcome> => {
    const next = new Map<string, Standing>();
    for (const planned of plan.models) {
      next.set(planned.model, await standModel(planned, standing.get(planned.model), open));
    }
    const before = standing;
    standing = next;
    models = [...next.values()].flatMap(({ model }) => model ?? []).sort(byName);
    readiness = readinessOf(next, plan.notes ?? []);
    const kept = new Set(allOf(next));
    for (const version of allOf(before)) if (!kept.has(version)) retire(version);
    return appliedOf(before, next);
  };

  return {
    models: () => models,
    model: (name) => standing.get(name)?.model,
    readiness: () => readiness,
    apply: (plan) => {
      const applied = turn.then(() => apply(plan));
      turn = applied.catch(() => undefined);
      return applied;
    },
    [Symbol.asyncDispose]: async () => {
      isClosed = true;
      await turn;
      const all = allOf(standing);
      standing = new Map();
      models = [];
      for (const version of all) retire(version);
      await Promise.all(leaving);
    },
  };
}

/** Loads what a model needs and does not have, and says who answers what. */
async function standModel(
  planned: PlannedModel,
  before: Standing | undefined,
  open: PlanFleetOptions['open'],
): Promise<Standing> {
  const loaded = new Map<string, Loaded>();
  const refused = [...(planned.refused ?? [])];
  for (const version of planned.versions) {
    const had = before?.loaded.get(version.name);
    if (had !== undefined && isSame(had.planned, version)) {
      loaded.set(version.name, had);
      continue;
    }
    const opened = await open(version).catch((cause: unknown) => failed(versionFailed(version.name, cause)));
    if (opened.ok) loaded.set(version.name, loadedOf(version, opened.value));
    else refused.push(refusedVersion(version.name, opened.failure));
  }
  const served = loaded.get(planned.served) ?? before?.served;
  if (served === undefined) return { planned, loaded, refused };
  if (!loaded.has(served.name)) loaded.set(served.name, served);
  return { planned, loaded, served, refused, model: servedModel(planned, loaded, served) };
}

function isSame(one: PlannedVersion, other: PlannedVersion): boolean {
  return one.digest === other.digest && one.folder === other.folder;
}

function loadedOf(planned: PlannedVersion, engine: Engine): Loaded {
  const { name } = planned;
  return { name, engine, planned, copies: { name, engine: patientEngine(engine) } };
}

/** What a process can tell another one: `cause` may be anything. */
function refusedVersion(name: string, { cause: _, ...failure }: Failure): RefusedVersion {
  return { name, failure };
}

function servedModel(
  planned: PlannedModel,
  loaded: ReadonlyMap<string, Loaded>,
  served: Loaded,
): ServedModel {
  const { model, canary, variants, limits, log } = planned;
  const canaryVersion = canary === undefined ? undefined : loaded.get(canary.version);
  const choose = chooser({
    model,
    served,
    shadows: planned.shadows.flatMap((name) => loaded.get(name)?.copies ?? []),
    ...(canary === undefined || canaryVersion === undefined
      ? {}
      : { canary: { ...canary, version: canaryVersion } }),
    ...(variants === undefined
      ? {}
      : {
          variants: {
            header: variants.header,
            versions: new Map(
              Object.entries(variants.versions).flatMap(([value, name]) => {
                const version = loaded.get(name);
                return version === undefined ? [] : [[value, version] as const];
              }),
            ),
          },
        }),
  });
  return {
    name: model,
    versions: loaded,
    served,
    choose,
    ...(limits === undefined ? {} : { limits }),
    ...(log === undefined ? {} : { log }),
  };
}

function readinessOf(fleet: Fleetful, notes: readonly string[]): Readiness {
  const models = [...fleet].map(([name, { planned, served, refused }]) => {
    const because = becauseOf(planned, served?.name, refused);
    return [name, { ready: served !== undefined, because }] as const;
  });
  return {
    ready: models.length > 0 && models.every(([, { ready }]) => ready),
    models: Object.fromEntries(models),
    ...(notes.length === 0 ? {} : { notes: notes.map(withoutPlaces) }),
  };
}

function appliedOf(before: Fleetful, after: Fleetful): PlanOutcome {
  const had = new Set(allOf(before));
  const has = new Set(allOf(after));
  const refused = [...after].flatMap(([model, standing]) =>
    standing.refused.map(({ name, failure }) => ({ model, version: name, failure })),
  );
  return {
    loaded: named(after, (version) => !had.has(version)),
    refused,
    retired: named(before, (version) => !has.has(version)),
  };
}

function named(fleet: Fleetful, isMeant: (version: Loaded) => boolean): readonly OfVersion[] {
  return [...fleet].flatMap(([model, { loaded }]) =>
    [...loaded.values()].filter(isMeant).map(({ name }) => ({ model, version: name })),
  );
}

function allOf(fleet: Fleetful): readonly Loaded[] {
  return [...fleet.values()].flatMap(({ loaded }) => [...loaded.values()]);
}

function byName(one: ServedModel, other: ServedModel): number {
  return one.name < other.name ? -1 : 1;
}
