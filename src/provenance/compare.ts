/** The first place where two values of JSON differ, by keys in order. Members that are `undefined` are none. */
export interface Difference {
  /** `predicate.buildDefinition.externalParameters.params.trees` */
  readonly field: string;
  readonly expected: unknown;
  readonly found: unknown;
}

export function firstDifference(expected: unknown, found: unknown, field = ''): Difference | undefined {
  if (Array.isArray(expected) && Array.isArray(found)) {
    for (let i = 0; i < Math.max(expected.length, found.length); i++) {
      const different = firstDifference(expected[i], found[i], `${field}[${i}]`);
      if (different !== undefined) return different;
    }
    return undefined;
  }
  if (isMap(expected) && isMap(found)) {
    for (const key of [...new Set([...Object.keys(expected), ...Object.keys(found)])].sort()) {
      const inner = field === '' ? key : `${field}.${key}`;
      const different = firstDifference(own(expected, key), own(found, key), inner);
      if (different !== undefined) return different;
    }
    return undefined;
  }
  return expected === found ? undefined : { field, expected, found };
}

type JsonMap = Readonly<Record<string, unknown>>;

function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(map: JsonMap, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}
