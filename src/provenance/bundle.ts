import type { BundleWithDsseEnvelope } from '@sigstore/bundle';
import type { Json } from '../base/index.ts';
import type { Statement, StoredBundle } from './attestation.ts';
import { mostBytesOfBundle, readBoundedJson } from './bounded-json.ts';
import { reasonOf } from './failures.ts';

/** https://github.com/in-toto/attestation/blob/main/spec/v1/envelope.md */
export const statementType = 'application/vnd.in-toto+json';

/** A bundle that was read, whose signature nobody has looked at yet. */
export interface ReadBundle {
  readonly path: string;
  readonly bundle: BundleWithDsseEnvelope;
  /** What it claims. */
  readonly statement: Statement;
}

/** Why the bytes are no attestation, and where. */
export interface BundleProblem {
  readonly field?: string;
  readonly problem: string;
}

/** Reads the bytes of a bundle and the statement inside: their form only. */
export async function readBundle({ path, bytes }: StoredBundle): Promise<ReadBundle | BundleProblem> {
  const json = readBoundedJson(bytes, mostBytesOfBundle);
  if (!json.ok) return { problem: json.problem };
  const { bundleFromJSON } = await import('@sigstore/bundle');
  let bundle: ReturnType<typeof bundleFromJSON>;
  try {
    bundle = bundleFromJSON(json.value);
  } catch (cause) {
    const fields = (cause as { readonly fields?: readonly string[] }).fields?.[0];
    return {
      ...(fields === undefined ? {} : { field: fields }),
      problem: `it is no Sigstore bundle (${reasonOf(cause)})`,
    };
  }
  const { content } = bundle;
  if (content.$case !== 'dsseEnvelope') {
    return { field: 'messageSignature', problem: 'it signs bytes, and a statement is expected' };
  }
  const { payload, payloadType } = content.dsseEnvelope;
  if (payloadType !== statementType) {
    return {
      field: 'dsseEnvelope.payloadType',
      problem: `its payload is ${shownValue(payloadType)}, and "${statementType}" is expected`,
    };
  }
  const statement = readBoundedJson(payload, mostBytesOfBundle);
  if (!statement.ok) return { field: 'dsseEnvelope.payload', problem: statement.problem };
  const wrong = formOfStatement(statement.value);
  if (wrong !== undefined) return wrong;
  return {
    path,
    bundle: bundle as BundleWithDsseEnvelope,
    statement: statement.value as unknown as Statement,
  };
}

/** The first field of a statement that in-toto or SLSA would not have so. Fields that they do not know are let be. */
export function formOfStatement(value: Json): BundleProblem | undefined {
  for (const [field, expected, holds] of rules) {
    const found = at(value, field);
    if (holds(found)) continue;
    const shown = found === undefined ? 'is missing' : `is ${shownValue(found)}`;
    return { field, problem: `${field} ${shown}, and ${expected} is expected` };
  }
  return undefined;
}

type Rule = readonly [field: string, expected: string, holds: (found: unknown) => boolean];

const isText = (found: unknown): boolean => typeof found === 'string' && found !== '';
const isObject = (found: unknown): boolean =>
  typeof found === 'object' && found !== null && !Array.isArray(found);
const optional = (holds: (found: unknown) => boolean) => (found: unknown) =>
  found === undefined || holds(found);
const isDescriptor = (found: unknown): boolean => {
  if (!isObject(found)) return false;
  const { uri, digest, content, name } = found as Readonly<Record<string, unknown>>;
  return (
    (isText(uri) || isObject(digest) || isText(content)) &&
    optional((text) => typeof text === 'string')(name) &&
    optional(isDigests)(digest)
  );
};
const isDigests = (found: unknown): boolean =>
  isObject(found) &&
  Object.values(found as object).every((each) => typeof each === 'string' && /^([0-9a-f]{2})+$/.test(each));
const isTime = (found: unknown): boolean =>
  typeof found === 'string' &&
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(found) &&
  !Number.isNaN(Date.parse(found));
const each = (holds: (found: unknown) => boolean) => (found: unknown) =>
  Array.isArray(found) && found.every(holds);

const definition = 'predicate.buildDefinition';
const details = 'predicate.runDetails';

/** https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md and https://slsa.dev/spec/v1.0/provenance */
const rules: readonly Rule[] = [
  ['_type', '"https://in-toto.io/Statement/v1"', (found) => found === 'https://in-toto.io/Statement/v1'],
  [
    'subject',
    'a list of names with digests',
    (found) =>
      each((subject) => isObject(subject) && isDigests((subject as { digest?: unknown }).digest))(found) &&
      (found as readonly unknown[]).length > 0,
  ],
  [
    'predicateType',
    '"https://slsa.dev/provenance/v1"',
    (found) => found === 'https://slsa.dev/provenance/v1',
  ],
  ['predicate', 'an object', isObject],
  [definition, 'an object', isObject],
  [`${definition}.buildType`, 'an address', isText],
  [`${definition}.externalParameters`, 'an object', isObject],
  [`${definition}.internalParameters`, 'an object', optional(isObject)],
  [`${definition}.resolvedDependencies`, 'a list of resources', optional(each(isDescriptor))],
  [details, 'an object', isObject],
  [`${details}.builder`, 'an object', isObject],
  [`${details}.builder.id`, 'an address', isText],
  [`${details}.metadata`, 'an object', optional(isObject)],
  [`${details}.metadata.startedOn`, 'a time', optional(isTime)],
  [`${details}.metadata.finishedOn`, 'a time', optional(isTime)],
  [`${details}.byproducts`, 'a list of resources', optional(each(isDescriptor))],
];

function at(value: unknown, field: string): unknown {
  let found = value;
  for (const key of field.split('.')) {
    if (!isObject(found) || !Object.hasOwn(found as object, key)) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[key];
  }
  return found;
}

/** A value of others in a sentence: as JSON, cut to a length that can be read. */
export function shownValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
