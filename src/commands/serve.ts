import { resolve } from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { pruneServables, touchServables } from '../servable/index.ts';
import type { EdgeConfig, LogFormat, PlanOutcome, ServerConfig, ServingPlan } from '../serve/index.ts';
import { edgeFailures, startServer, tracesEndpoint } from '../serve/index.ts';
import type { Effects } from './effects.ts';
import type { FollowEvent, Follower } from './follow.ts';
import { openFollower } from './follow.ts';
import type { OpenedRegistry } from './open-registry.ts';
import { openRegistry } from './open-registry.ts';
import { servablesFolder } from './pack-servable.ts';
import type { ServingWorld } from './serving-plan.ts';
import { servingPlan } from './serving-plan.ts';

export interface ServeOptions {
  /** References of models, or folders of servables; of several to one model the first is served. */
  readonly models: readonly string[];
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** Default: 8080; 0 takes one that is free. */
  readonly port?: number;
  /** Processes that share the port; 0: one a core. Default: 1. */
  readonly workers?: number;
  /** Access file; without it everybody who reaches the server may do everything. */
  readonly access?: string;
  /** Origins whose pages may call; `*` is every one. */
  readonly cors?: readonly string[];
  /** A line of the server's log for each request. */
  readonly logRequests?: boolean;
  /** How the server's log is written. Default: `json`. */
  readonly logFormat?: LogFormat;
  /** Seconds that it still takes requests when it should end, and says that it is not ready. Default: 0. */
  readonly drain?: number;
  /** Seconds between two looks at the stages; 0 never looks again. Default: 10. */
  readonly follow?: number;
  /** Where the prediction logs go, instead of what the pipelines say; `off` keeps none. */
  readonly log?: string;
  /** Address of an OTLP receiver that gets traces, instead of what OTEL_EXPORTER_OTLP_ENDPOINT says. */
  readonly traces?: string;
}

export type ServeEffects = Pick<Effects, 'cwd' | 'env' | 'now' | 'randomBytes' | 'signal'> & {
  /** Hears of everything that changes while it serves. */
  readonly report: (event: FollowEvent) => void;
};

/** A server that answers. Disposing looks no more, takes no more requests, and waits for those that are there. */
export interface Serving extends AsyncDisposable {
  readonly url: string;
  readonly plan: ServingPlan;
  readonly outcome: PlanOutcome;
  /** Seconds between two looks; absent when the plan stays as it is. */
  readonly following?: number;
}

const week = 7 * 86_400_000;
const halfDay = 43_200_000;

/** Plans, starts to answer, and follows the stages; fails when one of the models cannot be served at all. */
export async function serve(
  options: ServeOptions,
  effects: ServeEffects,
): Promise<Result<Serving, readonly Failure[]>> {
  const { models: references, follow: seconds = 10 } = options;
  let opened: Promise<Result<OpenedRegistry, readonly Failure[]>> | undefined;
  const world = (): ServingWorld => {
    let own: Promise<Result<OpenedRegistry, readonly Failure[]>> | undefined;
    const registry = (): Promise<Result<OpenedRegistry, readonly Failure[]>> => {
      own ??= openRegistry(effects);
      opened ??= own;
      return own;
    };
    return { cwd: effects.cwd, registry };
  };
  const edge = edgeOf(options, effects.cwd);
  const mistakes = await edgeFailures(edge);
  if (mistakes.length > 0) return failed(mistakes);
  const plan = await servingPlan(references, world());
  if (!plan.ok) return plan;
  const found = await opened;
  const registered = found?.ok === true ? found.value : undefined;
  let follower: Follower | undefined;
  const traces = tracesEndpoint(effects.env, options.traces);
  const server = await startServer(
    {
      ...configOf(plan.value, options, registered?.root ?? effects.cwd),
      edge,
      ...(traces === undefined ? {} : { traces }),
    },
    registered === undefined ? {} : { look: async () => follower?.look() },
  );
  if (!server.ok) return failed([server.failure]);
  const { url, outcome } = server.value;
  const missing = unserved(plan.value, outcome);
  if (missing.length > 0) {
    await server.value[Symbol.asyncDispose]();
    return failed(missing);
  }
  const end = new AbortController();
  const keeping = keepServables(plan.value, registered?.root, effects);
  if (registered !== undefined) {
    follower = openFollower({
      references,
      opened: registered,
      world,
      plan: plan.value,
      outcome,
      apply: async (next) => {
        await keeping.changed(next);
        return await server.value.apply(next);
      },
      report: effects.report,
      interval: 1000 * seconds,
      random: () => Buffer.from(effects.randomBytes(4)).readUInt32LE() / 2 ** 32,
      signal: AbortSignal.any([effects.signal, end.signal]),
    });
  }
  const following = follower !== undefined && seconds > 0 ? follower.run() : undefined;
  return success({
    url,
    plan: plan.value,
    outcome,
    ...(following === undefined ? {} : { following: seconds }),
    [Symbol.asyncDispose]: async () => {
      end.abort();
      keeping.end();
      // What is served until the last request is answered does not change any more.
      await following;
      await server.value[Symbol.asyncDispose]();
    },
  });
}

function configOf(plan: ServingPlan, { host, port, workers, log }: ServeOptions, root: string): ServerConfig {
  return {
    plan,
    host: host ?? '127.0.0.1',
    port: port ?? 8080,
    workers: workers ?? 1,
    log: { root, ...(log === undefined ? {} : { to: log }) },
  };
}

function edgeOf({ access, cors, logRequests, logFormat, drain }: ServeOptions, cwd: string): EdgeConfig {
  return {
    ...(access === undefined ? {} : { access: resolve(cwd, access) }),
    ...(cors === undefined ? {} : { cors }),
    ...(logRequests === undefined ? {} : { logRequests }),
    ...(logFormat === undefined ? {} : { logFormat }),
    ...(drain === undefined ? {} : { http: { drainGraceMs: 1000 * drain } }),
  };
}

/** Why models of the plan have no version at all that answers. */
function unserved(plan: ServingPlan, { refused }: PlanOutcome): readonly Failure[] {
  return plan.models.flatMap(({ model, served }) =>
    refused.flatMap((each) => (each.model === model && each.version === served ? [each.failure] : [])),
  );
}

/** Keeps the servables of the plan from being pruned by others, and prunes those that nobody has used for a week. */
function keepServables(
  first: ServingPlan,
  root: string | undefined,
  { now }: Pick<Effects, 'now'>,
): { changed(plan: ServingPlan): Promise<void>; end(): void } {
  let folders = foldersOf(first);
  const touch = async (): Promise<void> => {
    if (root === undefined) return;
    await touchServables(folders, now());
    await pruneServables(servablesFolder(root), { keep: folders, unusedFor: week, now: now() });
  };
  void touch();
  const timer = setInterval(() => void touch(), halfDay).unref();
  return {
    changed: async (plan) => {
      folders = foldersOf(plan);
      await touch();
    },
    end: () => clearInterval(timer),
  };
}

function foldersOf({ models }: ServingPlan): readonly string[] {
  return models.flatMap(({ versions }) => versions.map(({ folder }) => folder));
}
