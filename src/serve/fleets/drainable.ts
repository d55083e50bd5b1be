import type { Fleet } from '../fleet.ts';

/** A fleet that answers as before, and is not ready once `begin` was called. */
export function drainable(fleet: Fleet): { readonly fleet: Fleet; readonly begin: () => void } {
  let isDraining = false;
  return {
    begin: () => {
      isDraining = true;
    },
    fleet: {
      models: () => fleet.models(),
      model: (name) => fleet.model(name),
      readiness: () => {
        const readiness = fleet.readiness();
        if (!isDraining) return readiness;
        return { ...readiness, ready: false, notes: [...(readiness.notes ?? []), 'the server is ending'] };
      },
    },
  };
}
