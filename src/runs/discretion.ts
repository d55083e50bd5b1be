import type { DataProfile } from '../data/index.ts';
import type { DataState, ModelRecord, RunRecord } from './record.ts';

/** What must not be told. */
export interface Discretion {
  /** Columns of personal data, by dataset. */
  readonly personal: Readonly<Record<string, readonly string[]>>;
  /** Values of secrets. Shorter ones than four characters are not looked for: they would be found everywhere. */
  readonly secrets: readonly string[];
}

/**
 * The record without values of personal columns and without secrets, wherever they may have slipped in: examples of
 * failing rows, profiles, strata, slices, and secrets in any text or key. The last step before a record is written.
 */
export function discreetRecord(record: RunRecord, discretion: Discretion): RunRecord {
  const personal = new Set(Object.values(discretion.personal).flat());
  const data = Object.fromEntries(
    Object.entries(record.data).map(([name, state]) => [
      name,
      discreetData(state, new Set(discretion.personal[name] ?? [])),
    ]),
  );
  const models = record.models.map((model) => discreetModel(model, personal));
  return withoutSecrets({ ...record, data, models }, discretion.secrets);
}

function discreetData(state: DataState, personal: ReadonlySet<string>): DataState {
  if (personal.size === 0) return state;
  const { profile, checks, ...rest } = state;
  return {
    ...rest,
    ...(profile === undefined ? {} : { profile: discreetProfile(profile, personal) }),
    ...(checks === undefined
      ? {}
      : {
          checks: {
            ...checks,
            checks: checks.checks.map((check) =>
              (check.column ?? '').split(', ').some((column) => personal.has(column))
                ? { ...check, examples: check.examples.map(({ value: _, ...place }) => place) }
                : check,
            ),
          },
        }),
  };
}

function discreetProfile(profile: DataProfile, personal: ReadonlySet<string>): DataProfile {
  return {
    ...profile,
    columns: profile.columns.map((column) =>
      personal.has(column.name)
        ? { name: column.name, type: column.type, nulls: column.nulls, personal: true as const }
        : column,
    ),
  };
}

function discreetModel(model: ModelRecord, personal: ReadonlySet<string>): ModelRecord {
  const { evaluation } = model;
  if (evaluation === undefined) return model;
  const slices = evaluation.slices.filter((slice) => !personal.has(slice.column));
  return { ...model, evaluation: { ...evaluation, slices } };
}

function withoutSecrets<T>(value: T, secrets: readonly string[]): T {
  // Longest first: one secret may contain another.
  const searched = secrets.filter((secret) => secret.length >= 4).sort((a, b) => b.length - a.length);
  if (searched.length === 0) return value;
  const clean = (text: string): string =>
    searched.reduce((cleaned, secret) => cleaned.replaceAll(secret, '***'), text);
  const walk = (node: unknown): unknown => {
    if (typeof node === 'string') return clean(node);
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, member]) => [clean(key), walk(member)]));
  };
  return walk(value) as T;
}
