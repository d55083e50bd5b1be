import type { JsonScalar, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { PlanFailure } from './failures.ts';
import { paramInvalid, paramUnknown } from './failures.ts';

export type Params = Readonly<Record<string, JsonScalar>>;

/**
 * The params of the pipeline file with some of them given anew, as texts. A text becomes a value of the type of the
 * default; where the default is `null`, what it would be in JSON, or else the text itself.
 */
export function overrideParams(
  defaults: Params,
  overrides: Readonly<Record<string, string>>,
): Result<Params, readonly PlanFailure[]> {
  const failures: PlanFailure[] = [];
  const params: Record<string, JsonScalar> = { ...defaults };
  for (const [name, text] of Object.entries(overrides)) {
    if (!Object.hasOwn(defaults, name)) {
      failures.push(paramUnknown(name, Object.keys(defaults)));
      continue;
    }
    const value = typed(name, text, defaults[name]!);
    if (value.ok) params[name] = value.value;
    else failures.push(value.failure);
  }
  return failures.length > 0 ? failed(failures) : success(params);
}

function typed(name: string, text: string, standard: JsonScalar): Result<JsonScalar, PlanFailure> {
  if (typeof standard === 'string') return success(text);
  if (typeof standard === 'number') {
    const value = Number(text);
    const sound = text.trim() !== '' && Number.isFinite(value);
    return sound ? success(value) : failed(paramInvalid(name, text, 'a number'));
  }
  if (typeof standard === 'boolean') {
    if (text === 'true' || text === 'false') return success(text === 'true');
    return failed(paramInvalid(name, text, 'true or false'));
  }
  return success(scalarOf(text));
}

function scalarOf(text: string): JsonScalar {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? text : (value as JsonScalar);
  } catch {
    return text;
  }
}
