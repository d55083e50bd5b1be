import type { PredictionLogFile } from '../../pipeline/index.ts';

/** What whoever starts a server says of all its prediction logs: a plain value, for its processes. */
export interface ServerLogConfig {
  /** What relative folders of `file:` are relative to. Default: the folder that the server runs in. */
  readonly root?: string;
  /** Instead of the places of the plan, and for models without one: a place, or `off`. */
  readonly to?: string;
}

/** What becomes of the `log:` of a plan when the start of the server says something else. The same in, the same out. */
export function logOverride({
  to,
}: ServerLogConfig): (planned: PredictionLogFile | undefined) => PredictionLogFile | undefined {
  if (to === undefined) return (planned) => planned;
  if (to === 'off') return () => undefined;
  const unplanned: PredictionLogFile = { to };
  const known = new WeakMap<PredictionLogFile, PredictionLogFile>();
  return (planned) => {
    if (planned === undefined) return unplanned;
    const overridden = known.get(planned) ?? { ...planned, to };
    known.set(planned, overridden);
    return overridden;
  };
}
