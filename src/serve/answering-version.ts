import type { AnsweringVersion } from './failures.ts';
import type { ServedVersion } from './fleet.ts';

const known = new WeakMap<ServedVersion, AnsweringVersion>();

/** What answers say of the version that gave them; made once a version. */
export function answeringVersion(version: ServedVersion): AnsweringVersion {
  const before = known.get(version);
  if (before !== undefined) return before;
  const { model, modelVersion, lineage } = version.engine.servable.manifest;
  const { run, commit } = lineage;
  const facts: AnsweringVersion = {
    model,
    version: modelVersion,
    ...(run === undefined ? {} : { run }),
    ...(commit === undefined ? {} : { commit }),
  };
  known.set(version, facts);
  return facts;
}
