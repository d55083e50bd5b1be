import type { Identity } from '../access/need.ts';
import { visibleFleet } from '../access/visible-fleet.ts';
import type { Fleet } from '../fleet.ts';

/** Texts for callers that see different models; those beyond are made each time. */
const mostTexts = 32;

/** A text about what is served and whoever asks may see, made again only after that has changed. */
export function servedNow(
  fleet: Fleet,
  make: (visible: Fleet) => string,
): (identity: Identity | undefined) => string {
  let madeFor: readonly unknown[] = [];
  const texts = new Map<string, string>();
  return (identity) => {
    const versions = fleet.models().flatMap((model) => [model, model.served, ...model.versions.values()]);
    const isSame =
      madeFor.length === versions.length && versions.every((version, i) => version === madeFor[i]);
    if (!isSame) texts.clear();
    madeFor = versions;
    const visible = visibleFleet(fleet, identity);
    const names = JSON.stringify(visible.models().map(({ name }) => name));
    const text = texts.get(names) ?? make(visible);
    if (texts.size < mostTexts) texts.set(names, text);
    return text;
  };
}
