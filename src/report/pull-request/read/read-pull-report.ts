import type { ErrorObject, ValidateFunction } from 'ajv';
import type { Result } from '../../../base/index.ts';
import { failed, success } from '../../../base/index.ts';
import type { PullReportFailure } from '../failures.ts';
import {
  reportInvalid,
  reportNotJson,
  reportTooDeep,
  reportTooLarge,
  reportVersionUnsupported,
} from '../failures.ts';
import type { PullReport } from '../pull-report.ts';
import { mostReportBytes } from './most-report-bytes.ts';

/** The deepest value of a report is at the eighth level. */
const deepest = 16;

/**
 * A report from bytes of anybody: refused when they are too many, too deep, no JSON, or say anything that the schema does
 * not know, before any of it is looked at. What is given back keeps every limit of its type; its texts stay what they are,
 * and are made harmless where they are rendered.
 */
export async function readPullReport(bytes: Uint8Array): Promise<Result<PullReport, PullReportFailure>> {
  if (bytes.byteLength > mostReportBytes) return failed(reportTooLarge(bytes.byteLength, mostReportBytes));
  if (isDeeperThan(bytes, deepest)) return failed(reportTooDeep(deepest));
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return failed(reportNotJson('it is not JSON in UTF-8'));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return failed(reportNotJson('it is not a JSON object'));
  }
  const { version } = value as { readonly version?: unknown };
  if (version !== 1) return failed(reportVersionUnsupported(versionWord(version)));
  const check = await validator();
  if (!check(value)) return failed(reportInvalid(problemOf(check.errors)));
  const report = value as unknown as PullReport;
  const problem = impossible(report);
  return problem === undefined ? success(report) : failed(reportInvalid(problem));
}

/** Brackets outside of texts, without parsing: a parser is not asked to hold what nobody will read. */
function isDeeperThan(bytes: Uint8Array, most: number): boolean {
  let depth = 0;
  let inText = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (inText) {
      if (byte === 0x5c) i++;
      else if (byte === 0x22) inText = false;
    } else if (byte === 0x22) inText = true;
    else if (byte === 0x5b || byte === 0x7b) {
      depth++;
      if (depth > most) return true;
    } else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  return false;
}

function versionWord(version: unknown): string {
  if (version === undefined) return 'none';
  return typeof version === 'number' && Number.isFinite(version) ? String(version) : 'unknown';
}

/** What a schema cannot say. */
function impossible({ steps }: PullReport): string | undefined {
  const stray = steps.findIndex(({ needs }, at) => needs.some((need) => need >= at));
  return stray < 0 ? undefined : `/steps/${stray} needs a step that does not come before it`;
}

let compiled: Promise<ValidateFunction> | undefined;

function validator(): Promise<ValidateFunction> {
  compiled ??= compile();
  return compiled;
}

async function compile(): Promise<ValidateFunction> {
  const [{ Ajv }, { pullReportSchema }] = await Promise.all([
    import('ajv'),
    import('../schemas/pull-report-schema.ts'),
  ]);
  // `strictNumbers` refuses 1e999; only the first error is looked for, and lengths are checked before patterns.
  const ajv = new Ajv({ validateSchema: false, meta: false, strictNumbers: true, code: { optimize: false } });
  return ajv.compile(pullReportSchema);
}

/** Names of members come from the report: they are not repeated. */
function problemOf(errors: readonly ErrorObject[] | null | undefined): string {
  const error = errors?.[0];
  if (error === undefined) return 'unknown';
  const at = /^[\w/]{1,100}$/.test(error.instancePath) ? error.instancePath : 'the report';
  return `${at} ${error.message ?? 'is wrong'}`;
}
