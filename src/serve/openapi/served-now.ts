import type { Fleet } from '../fleet.ts';

/** A text about what is served, made again only after that has changed. */
export function servedNow(fleet: Fleet, make: () => string): () => string {
  let madeFor: readonly unknown[] | undefined;
  let text = '';
  return () => {
    const versions = fleet.models().flatMap((model) => [model, model.served, ...model.versions.values()]);
    const isSame =
      madeFor !== undefined &&
      madeFor.length === versions.length &&
      versions.every((version, i) => version === madeFor![i]);
    if (isSame) return text;
    text = make();
    madeFor = versions;
    return text;
  };
}
