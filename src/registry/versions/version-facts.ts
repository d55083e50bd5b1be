import type { Digest } from '../../base/index.ts';
import type { ModelInfo } from '../../onnx/index.ts';
import type { ModelSignature, RunRecord } from '../../runs/index.ts';
import { modelOf } from '../../runs/index.ts';

type Ports = ModelSignature['inputs'];

/** What decides the number of a version: of the record of its run, and of its bytes, as far as they are at hand. */
export interface VersionFacts {
  readonly inputs: Ports;
  readonly outputs: Ports;
  readonly task?: string;
  /** In the order of the probabilities; empty for a regression. */
  readonly classes?: readonly string[];
  readonly target?: string;
  /** Type of each column that the model reads, as data and requests are checked by. */
  readonly columns: ReadonlyMap<string, string>;
  /** Digest of the declared features; `undefined` where the bytes are not at hand, `null` where they name none. */
  readonly features?: string | null;
  readonly estimator?: string;
  readonly step?: string;
  readonly params?: RunRecord['params'];
  /** By name of the dataset. */
  readonly data: ReadonlyMap<string, Digest>;
  readonly contracts: ReadonlyMap<string, Digest>;
  readonly commit?: string;
  readonly trainyard?: string;
}

/** `undefined` where neither is at hand. A record speaks of the model that its run chose. */
export function versionFacts(
  record: RunRecord | undefined,
  info: ModelInfo | undefined,
): VersionFacts | undefined {
  const model = record === undefined ? undefined : modelOf(record);
  const signature = model?.signature ?? info;
  if (signature === undefined) return undefined;
  const evaluation = model?.evaluation;
  const { metadata } = info ?? {};
  const task = info?.task ?? evaluation?.task;
  const classes = info?.classes ?? (evaluation?.task === 'regression' ? [] : evaluation?.classes);
  const target = metadata?.['trainyard.target'];
  const estimator = metadata?.['trainyard.estimator'];
  const step = metadata?.['trainyard.step'] ?? model?.step;
  return {
    inputs: signature.inputs,
    outputs: signature.outputs,
    columns: columnTypes(record, metadata?.['trainyard.dataset'], signature.inputs),
    ...(task === undefined ? {} : { task }),
    ...(classes === undefined ? {} : { classes }),
    ...(target === undefined ? {} : { target }),
    ...(metadata === undefined ? {} : { features: metadata['trainyard.features'] ?? null }),
    ...(estimator === undefined ? {} : { estimator }),
    ...(step === undefined ? {} : { step }),
    data: digests(record, ({ fingerprint }) => fingerprint),
    contracts: digests(record, ({ contract }) => contract?.digest),
    ...(record === undefined ? {} : { params: record.params, trainyard: record.environment.trainyard }),
    ...(typeof record?.code?.commit === 'string' ? { commit: record.code.commit } : {}),
  };
}

function columnTypes(
  record: RunRecord | undefined,
  dataset: string | undefined,
  inputs: Ports,
): ReadonlyMap<string, string> {
  const states = Object.entries(record?.data ?? {});
  const [, state] = (states.length === 1 ? states[0] : states.find(([name]) => name === dataset)) ?? [];
  const read = new Set(inputs.map(({ name }) => name));
  return new Map(
    (state?.profile?.columns ?? [])
      .filter(({ name }) => read.has(name))
      .map(({ name, type }) => [name, type]),
  );
}

function digests(
  record: RunRecord | undefined,
  of: (state: RunRecord['data'][string]) => Digest | undefined,
): ReadonlyMap<string, Digest> {
  return new Map(
    Object.entries(record?.data ?? {}).flatMap(([name, state]) => {
      const digest = of(state);
      return digest === undefined ? [] : [[name, digest] as const];
    }),
  );
}
