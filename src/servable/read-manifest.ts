import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ErrorObject, ValidateFunction } from 'ajv';
import type { Failure, Result } from '../base/index.ts';
import { failed, isDigest, success } from '../base/index.ts';
import { servableInvalid, servableUnreadable } from './failures.ts';
import { manifestFile } from './files.ts';
import type { ServableManifest } from './manifest.ts';
import { problemOfServedName } from './model-name.ts';

/** What a folder says of its servable, without a look at the model. */
export async function readServableManifest(folder: string): Promise<Result<ServableManifest, Failure>> {
  try {
    return await readManifest(folder, await readFile(join(folder, manifestFile), 'utf8'));
  } catch (error) {
    return failed(servableUnreadable(folder, error));
  }
}

/** A manifest from the text of `model.json`; members that this version does not know are let through: newer ones may add some. */
export async function readManifest(folder: string, text: string): Promise<Result<ServableManifest, Failure>> {
  const invalid = (because: string): Result<never, Failure> => failed(servableInvalid(folder, because));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return invalid('it is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return invalid('it is no JSON object');
  const { version } = value as { readonly version?: unknown };
  if (version !== 1) return invalid(`its version is ${String(version)}, and this Trainyard reads 1`);
  const check = await validator();
  if (!check(value)) return invalid(problemOf(check.errors));
  const manifest = value as unknown as ServableManifest;
  const nameProblem = problemOfServedName(manifest.model);
  if (nameProblem !== undefined) return invalid(nameProblem);
  if (!isDigest(manifest.digest)) return invalid('/digest is no SHA-256 digest');
  const names = manifest.columns.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  return twice === undefined ? success(manifest) : invalid(`it has two columns ${JSON.stringify(twice)}`);
}

let compiled: Promise<ValidateFunction> | undefined;

function validator(): Promise<ValidateFunction> {
  compiled ??= compile();
  return compiled;
}

async function compile(): Promise<ValidateFunction> {
  const [{ Ajv }, { servableManifestSchema }] = await Promise.all([
    import('ajv'),
    import('./schemas/servable-manifest-schema.ts'),
  ]);
  // The schema is our own, and one manifest is checked in less time than optimizing the code would take.
  const ajv = new Ajv({
    allowUnionTypes: true,
    validateSchema: false,
    meta: false,
    code: { optimize: false },
  });
  const open = JSON.parse(JSON.stringify(servableManifestSchema), (key, value) =>
    key === 'additionalProperties' && value === false ? undefined : value,
  ) as object;
  return ajv.compile(open);
}

function problemOf(errors: readonly ErrorObject[] | null | undefined): string {
  const error = errors?.[0];
  return error === undefined ? 'unknown' : `${error.instancePath || 'it'} ${error.message}`;
}
