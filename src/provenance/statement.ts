import type { Digest, Json } from '../base/index.ts';
import { digestOfJson } from '../base/index.ts';
import type { DataState, RunRecord } from '../runs/index.ts';
import { recordPath } from '../runs/index.ts';
import type { ResourceDescriptor, Statement } from './attestation.ts';
import type { BuilderClaim } from './builder.ts';
import { buildType } from './builder.ts';

export interface StatementFacts {
  readonly record: RunRecord;
  readonly model: { readonly name: string; readonly digest: Digest };
  readonly builder: BuilderClaim;
}

/** With more files than this, the fingerprint of a dataset stands for them; the record names them all. */
const mostFiles = 1_000;

/**
 * What a run record says of how a model came to be, as in-toto and SLSA say it. A pure function: who verifies makes
 * the statement again from the record and compares, so that any change here needs a new build type.
 *
 * The record's own digest is among the byproducts: who signs the statement signs the whole record. It is the digest of
 * the record's canonical JSON, as in the registry, without the line break at the end of the file.
 */
export function makeStatement({ record, model, builder }: StatementFacts): Statement {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: model.name, digest: { sha256: hexOf(model.digest) } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType,
        externalParameters: {
          pipeline: record.pipeline,
          params: record.params,
          ...(record.code?.branch === undefined ? {} : { ref: `refs/heads/${record.code.branch}` }),
        },
        internalParameters: {
          trigger: record.trigger.kind,
          ...(record.code === null ? {} : { dirty: record.code.dirty }),
          ...(builder.job === undefined ? {} : { job: builder.job }),
        },
        resolvedDependencies: [...source(record, builder), ...datasets(record)],
      },
      runDetails: {
        builder: { id: builder.id, version: enginesOf(record) },
        metadata: {
          invocationId: record.id,
          startedOn: record.startedAt,
          ...finished(record),
        },
        byproducts: [
          {
            name: recordPath(record.pipeline, record.id),
            digest: { sha256: hexOf(recordDigest(record)) },
            mediaType: 'application/json',
          },
          ...artifacts(record),
        ],
      },
    },
  };
}

function finished({ startedAt, seconds }: RunRecord): { readonly finishedOn?: string } {
  const end = new Date(Date.parse(startedAt) + seconds * 1000);
  return Number.isNaN(end.getTime()) ? {} : { finishedOn: end.toISOString() };
}

export function recordDigest(record: RunRecord): Digest {
  return digestOfJson(record as unknown as Json);
}

/** The digits of a digest, as in-toto writes it. */
export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}

function source({ code }: RunRecord, builder: BuilderClaim): readonly ResourceDescriptor[] {
  if (code?.commit === undefined || code.commit === null) return [];
  const uri = builder.source === undefined ? {} : { uri: builder.source };
  return [{ name: 'source', ...uri, digest: { gitCommit: code.commit } }];
}

function datasets({ data }: RunRecord): readonly ResourceDescriptor[] {
  return Object.entries(data)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, state]) => dataset(name, state));
}

function dataset(name: string, { fingerprint, files, contract }: DataState): readonly ResourceDescriptor[] {
  const named = (what: string, digest: Digest): ResourceDescriptor => ({
    name: `${what}:${name}`,
    digest: { sha256: hexOf(digest) },
  });
  const listed = files.length > mostFiles ? [] : files;
  return [
    ...(fingerprint === undefined ? [] : [named('dataset', fingerprint)]),
    ...listed.map((file) => ({
      name: `data:${name}:${withinRepository(file.path)}`,
      digest: { sha256: hexOf(file.digest) },
    })),
    ...(contract === undefined ? [] : [named('contract', contract.digest)]),
  ];
}

/** A path outside of the repository tells of a machine and of who works there: only the name of the file remains. */
function withinRepository(path: string): string {
  const isOutside = /^([/\\~]|[A-Za-z]:|file:)|(^|\/)\.\.(\/|$)/.test(path);
  return isOutside ? (path.split(/[/\\]/).at(-1) ?? '') : path;
}

/** What came out of the steps beside the model. */
function artifacts({ steps }: RunRecord): readonly ResourceDescriptor[] {
  return steps.flatMap((step) =>
    step.artifacts.map((artifact) => ({
      name: `${step.id}/${artifact.name}`,
      digest: { sha256: hexOf(artifact.digest) },
    })),
  );
}

function enginesOf({ environment }: RunRecord): Readonly<Record<string, string>> {
  const { trainyard, node, onnxruntime, duckdb } = environment;
  return { trainyard, node, onnxruntime, duckdb };
}
