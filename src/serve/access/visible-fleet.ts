import type { Fleet } from '../fleet.ts';
import type { Identity, Permission } from './need.ts';

const any: readonly Permission[] = ['predict', 'feedback', 'metrics', 'admin'];

/** The models that somebody may do something with: of others they do not learn that they are there. */
export function visibleFleet(
  fleet: Fleet,
  identity: Identity | undefined,
  permissions: readonly Permission[] = any,
): Fleet {
  // Nobody has to say who asks.
  if (identity === undefined) return fleet;
  const isVisible = (name: string): boolean =>
    permissions.some((permission) => identity.may(permission, name));
  return {
    models: () => fleet.models().filter(({ name }) => isVisible(name)),
    model: (name) => (isVisible(name) ? fleet.model(name) : undefined),
    readiness: () => {
      const readiness = fleet.readiness();
      const models = Object.entries(readiness.models).filter(([name]) => isVisible(name));
      return { ...readiness, models: Object.fromEntries(models) };
    },
  };
}
