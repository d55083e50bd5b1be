import type { Choice, RoutingFacts, ServedVersion } from '../fleet.ts';
import type { PlannedCanary } from '../plan.ts';
import { positionOf } from './share.ts';

/** Who can answer for a model; only versions that are loaded. */
export interface Roles {
  readonly model: string;
  readonly served: ServedVersion;
  readonly shadows: readonly ServedVersion[];
  readonly canary?: { readonly version: ServedVersion } & Pick<PlannedCanary, 'share' | 'key'>;
  readonly variants?: { readonly header: string; readonly versions: ReadonlyMap<string, ServedVersion> };
}

/**
 * Who answers a request: the variant that its header names; else the canary, when the key of the request falls into its
 * share; else the version that is served. A header with another value, or none, chooses nothing.
 */
export function chooser(roles: Roles): (facts: RoutingFacts) => Choice {
  const { served, canary, variants } = roles;
  const choices = new Map<ServedVersion, Choice['shadows']>();
  const shadowsOf = (version: ServedVersion): Choice['shadows'] => {
    const known = choices.get(version);
    if (known !== undefined) return known;
    const others = roles.shadows.filter(({ name }) => name !== version.name);
    choices.set(version, others);
    return others;
  };
  const byDefault: Choice = { version: served, role: 'served', shadows: shadowsOf(served) };
  const inCanary = canary === undefined ? undefined : canaryTest(roles.model, canary);
  return (facts) => {
    if (variants !== undefined) {
      const value = facts.header(variants.header);
      const version = value === undefined ? undefined : variants.versions.get(value);
      if (version !== undefined)
        return { version, role: 'variant', variant: value!, shadows: shadowsOf(version) };
    }
    if (inCanary?.(facts) === true) {
      const { version } = canary!;
      return { version, role: 'canary', shadows: shadowsOf(version) };
    }
    return byDefault;
  };
}

/** The salt is the canary's own, so that the next canary does not hit the same people again. */
function canaryTest(
  model: string,
  { version, share, key }: NonNullable<Roles['canary']>,
): (facts: RoutingFacts) => boolean {
  const salt = `${model}@${version.name}`;
  const keyOf = keyReader(key);
  return (facts) => positionOf(salt, keyOf(facts) ?? facts.requestId) < share;
}

/** A number and the same number as a text are one key; what is missing, empty, or no single value is none. */
function keyReader(key: string | undefined): (facts: RoutingFacts) => string | undefined {
  if (key === undefined) return () => undefined;
  const header = /^header:(.+)$/.exec(key)?.[1]?.toLowerCase();
  const read = (facts: RoutingFacts): unknown =>
    header === undefined ? facts.column(key) : facts.header(header);
  return (facts) => {
    const value = read(facts);
    if (value === undefined || value === null || value === '' || typeof value === 'object') return undefined;
    return String(value);
  };
}
