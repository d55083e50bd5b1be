import { recordDigest } from '../../provenance/index.ts';
import type { ModelState, ModelVersion, RegisterEvent } from '../../registry/index.ts';
import type { ModelCardFacts } from '../../report/index.ts';
import type { RunRecord } from '../../runs/index.ts';
import type { GateFacts, MainMetric, ProvenanceFacts, TryOut, VersionFacts } from '../format/index.ts';
import { mainMetricOf, usualMetric } from '../format/index.ts';
import { betterOf, cardFacts } from './card-facts.ts';

/** What is known of a version besides its tag. */
export interface AboutVersion {
  /** Of its run, as it stands on the runs branch now. */
  readonly record: RunRecord | undefined;
  readonly owner: Pick<ModelCardFacts, 'notes' | 'personal'>;
  readonly provenance: ProvenanceFacts;
  readonly tryOut: TryOut;
}

/** The tag of a version with what the record that it vouches for says. */
export function versionFacts(state: ModelState, version: ModelVersion, about: AboutVersion): VersionFacts {
  const { name, commit, digest, registered, archived, stages } = version;
  const { provenance, tryOut, owner } = about;
  const basics = { version: name, tag: registered.tag, commit, archived, stages, provenance, tryOut };
  if (!('event' in registered)) {
    const { by, at } = registered;
    return {
      ...basics,
      metrics: {},
      ...(by === undefined ? {} : { by }),
      ...(at === undefined ? {} : { at }),
    };
  }
  const { event } = registered;
  const record = vouchedFor(event, about.record);
  const { at, by, why, bump, run, pipeline, metrics } = event;
  const metric = mainMetric(event, record);
  const facts = {
    ...basics,
    ...(digest === undefined ? {} : { digest }),
    at,
    by,
    ...(why === undefined ? {} : { why }),
    bump,
    run,
    pipeline,
    code: event.commit,
    ...(metric === undefined ? {} : { metric }),
    metrics,
  };
  if (record === undefined) return { ...facts, recordProblem: recordProblem(event, about.record) };
  const bytes = record.models.find((model) => model.digest === digest)?.bytes;
  const { notes, personal } = owner;
  return {
    ...facts,
    ...(bytes === undefined ? {} : { bytes }),
    verdict: record.verdict,
    gates: gatesOf(record, personal),
    card: cardFacts({
      model: state.model,
      version,
      state,
      record,
      personal,
      ...(notes === undefined ? {} : { notes }),
    }),
  };
}

/** A record that was changed after the registration says nothing of the version. */
export function vouchedFor(event: RegisterEvent, record: RunRecord | undefined): RunRecord | undefined {
  return record !== undefined && recordDigest(record) === event.record ? record : undefined;
}

function recordProblem({ run }: RegisterEvent, record: RunRecord | undefined): string {
  return record === undefined
    ? `The record of run ${run} is not in this clone.`
    : `The record of run ${run} is not the one that the version was registered with.`;
}

export function mainMetric(
  { metrics }: Pick<RegisterEvent, 'metrics'>,
  record: RunRecord | undefined,
): MainMetric | undefined {
  const wanted = record === undefined ? undefined : mainMetricOf(record);
  const name =
    wanted !== undefined && Object.hasOwn(metrics, wanted) ? wanted : usualMetric(Object.keys(metrics));
  const estimate = name === undefined ? undefined : metrics[name];
  return name === undefined || estimate === undefined ? undefined : { name, ...estimate, ...betterOf(name) };
}

function gatesOf({ gates }: RunRecord, personal: ReadonlySet<string>): readonly GateFacts[] {
  return (gates?.results ?? []).map(({ gate, verdict, reason }) => ({
    verdict,
    because: 'slice' in gate && personal.has(gate.slice) ? 'a gate on personal data' : reason,
  }));
}
