import type { ErrorObject, ValidateFunction } from 'ajv';
import type { Json, Result } from '../base/index.ts';
import { canonicalJson, failed, success } from '../base/index.ts';
import type { RunsFailure } from './failures.ts';
import { recordDamaged, recordInvalid, versionUnsupported } from './failures.ts';
import type { RunRecord } from './record.ts';
import { runOfPath } from './run-id.ts';
import type { Schema } from './schema.ts';

/** The bytes of a record: canonical JSON and a line break, checked against the schema first. */
export async function encodeRecord(record: RunRecord): Promise<Result<string, RunsFailure>> {
  const check = await validator('strict');
  let text: string;
  try {
    text = `${canonicalJson(record as unknown as Json)}\n`;
  } catch (error) {
    return failed(recordInvalid(error instanceof Error ? error.message : String(error)));
  }
  // What is checked is what will be read: without the members that are `undefined`.
  return check(JSON.parse(text)) ? success(text) : failed(recordInvalid(problemOf(check.errors)));
}

/** A record from the bytes at a path. Members that this version does not know are let through: newer ones may add some. */
export async function decodeRecord(path: string, bytes: Uint8Array): Promise<Result<RunRecord, RunsFailure>> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return failed(recordDamaged(path, 'it is not JSON in UTF-8'));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return failed(recordDamaged(path, 'it is not a JSON object'));
  }
  const version = (value as { version?: unknown }).version;
  if (version !== 1) return failed(versionUnsupported(path, version));
  const check = await validator('lenient');
  if (!check(value)) return failed(recordDamaged(path, problemOf(check.errors)));
  const record = value as unknown as RunRecord;
  const run = runOfPath(path.replace(/^archive\//, ''));
  if (run?.id !== record.id || run.pipeline !== record.pipeline) {
    return failed(recordDamaged(path, `it says that it is run ${record.id} of ${record.pipeline}`));
  }
  return success(record);
}

type Strictness = 'strict' | 'lenient';

const validators = new Map<Strictness, Promise<ValidateFunction>>();

/** Compiled when first used: with loading, that takes some 0.1 s. */
function validator(strictness: Strictness): Promise<ValidateFunction> {
  const known = validators.get(strictness) ?? compile(strictness);
  validators.set(strictness, known);
  return known;
}

async function compile(strictness: Strictness): Promise<ValidateFunction> {
  const [{ Ajv }, formats, { runRecordSchema }] = await Promise.all([
    import('ajv'),
    import('ajv-formats'),
    import('./schemas/run-record-schema.ts'),
  ]);
  // The schema is our own, and one record is checked in less time than optimizing the code would take.
  const ajv = new Ajv({
    allowUnionTypes: true,
    validateSchema: false,
    meta: false,
    code: { optimize: false },
  });
  formats.default.default(ajv, ['date-time']);
  return ajv.compile(strictness === 'strict' ? runRecordSchema : open(runRecordSchema));
}

/** The same schema, which lets unknown members of objects through. */
function open(schema: Schema): Schema {
  return JSON.parse(JSON.stringify(schema), (key, value) =>
    key === 'additionalProperties' && value === false ? undefined : value,
  ) as Schema;
}

function problemOf(errors: readonly ErrorObject[] | null | undefined): string {
  const error = errors?.[0];
  if (error === undefined) return 'unknown';
  const extra = error.params['additionalProperty'] ?? error.params['allowedValue'];
  return `${error.instancePath === '' ? 'the record' : error.instancePath} ${error.message}${extra === undefined ? '' : ` (${extra})`}`;
}
