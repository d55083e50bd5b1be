import type { ErrorObject, ValidateFunction } from 'ajv';
import type { Json, Result } from '../../base/index.ts';
import { canonicalJson, failed, success } from '../../base/index.ts';
import type { DeployFailure } from '../failures.ts';
import { lockInvalid } from '../failures.ts';
import type { DeploymentLock } from './lock.ts';

/** With sorted keys, two spaces and a line a member: made for diffs. */
export function lockText(lock: DeploymentLock): string {
  const sorted = JSON.parse(canonicalJson(lock as unknown as Json)) as Json;
  return `${JSON.stringify(sorted, null, 2)}\n`;
}

/** Reads a lock; members that this version does not know are let through: newer ones may add some. */
export async function readLock(file: string, text: string): Promise<Result<DeploymentLock, DeployFailure>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return failed(lockInvalid(file, 'it is not JSON'));
  }
  const version = (value as { readonly version?: unknown } | null)?.version;
  if (version !== 1)
    return failed(lockInvalid(file, `its version is ${String(version)}, and this Trainyard reads 1`));
  const check = await validator();
  if (!check(value)) return failed(lockInvalid(file, problemOf(check.errors)));
  return success(value as unknown as DeploymentLock);
}

let compiled: Promise<ValidateFunction> | undefined;

function validator(): Promise<ValidateFunction> {
  compiled ??= compile();
  return compiled;
}

async function compile(): Promise<ValidateFunction> {
  const [{ Ajv }, { deploymentLockSchema }] = await Promise.all([
    import('ajv'),
    import('../schemas/deployment-lock-schema.ts'),
  ]);
  const ajv = new Ajv({
    strict: false,
    validateSchema: false,
    meta: false,
    code: { optimize: false },
  });
  const open = JSON.parse(JSON.stringify(deploymentLockSchema), (key, value) =>
    key === 'additionalProperties' && value === false ? undefined : value,
  ) as object;
  return ajv.compile(open);
}

function problemOf(errors: readonly ErrorObject[] | null | undefined): string {
  const error = errors?.[0];
  return error === undefined ? 'unknown' : `${error.instancePath || 'it'} ${error.message}`;
}
