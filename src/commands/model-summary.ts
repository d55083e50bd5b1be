import type { Digest } from '../base/index.ts';
import type { Identity, ModelState, RegistryEvent, TaggedEvent } from '../registry/index.ts';
import { latestVersion } from '../registry/index.ts';
import type { ModelHistory } from './models.ts';

/** A model on one line, for programs. */
export interface ModelSummary {
  readonly model: string;
  readonly latest?: string;
  /** What stands where now. */
  readonly stages: Readonly<Record<string, string>>;
  readonly versions: number;
  readonly requests: readonly string[];
  readonly problems: number;
}

export function modelSummary(state: ModelState): ModelSummary {
  const latest = latestVersion(state)?.name;
  return {
    model: state.model,
    ...(latest === undefined ? {} : { latest }),
    stages: Object.fromEntries(
      Object.entries(state.stages).flatMap(([stage, there]) =>
        there === undefined ? [] : [[stage, there.event.name]],
      ),
    ),
    versions: state.versions.length,
    requests: state.requests.map(({ tag }) => tag),
    problems: state.problems.length,
  };
}

/** What stood in a stage at a moment, with all that finds it again. */
export interface StoodThere {
  readonly stage: string;
  readonly version: string;
  readonly digest: Digest;
  readonly since: string;
  readonly by: Identity;
  readonly why?: string;
  readonly cause: string;
  readonly tag: string;
  readonly run?: string;
  /** Of the run's code. */
  readonly commit?: string;
}

export type HistorySummary =
  | { readonly model: string; readonly events: readonly (RegistryEvent & { readonly tag: string })[] }
  | {
      readonly model: string;
      readonly at: string;
      readonly stages: Readonly<Record<string, StoodThere | null>>;
      readonly doubts: readonly { readonly tag: string; readonly because: string }[];
    };

export function historySummary({ state, stages, stage, past }: ModelHistory): HistorySummary {
  const { model } = state;
  if (past === undefined) {
    const concerned = ({ event }: TaggedEvent) =>
      stage === undefined || ('stage' in event && event.stage === stage);
    return { model, events: state.events.filter(concerned).map(({ tag, event }) => ({ tag, ...event })) };
  }
  const wanted = stage === undefined ? stages : [stage];
  const stood = wanted.map((name) => [name, stoodThere(past.stages[name], state) ?? null] as const);
  return { model, at: past.at.toISOString(), stages: Object.fromEntries(stood), doubts: past.doubts };
}

function stoodThere(there: ModelState['stages'][string], state: ModelState): StoodThere | undefined {
  if (there === undefined) return undefined;
  const { tag, event } = there;
  const registered = state.versions.find(({ name }) => name === event.name)?.registered;
  return {
    stage: event.stage,
    version: event.name,
    digest: event.digest,
    since: event.at,
    by: event.by,
    ...(event.why === undefined ? {} : { why: event.why }),
    cause: event.cause,
    tag,
    ...(registered !== undefined && 'event' in registered
      ? { run: registered.event.run, commit: registered.event.commit }
      : {}),
  };
}
