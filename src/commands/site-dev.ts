import type { Failure, Result } from '../base/index.ts';
import type { DevEvent } from '../site/index.ts';
import { devSite } from '../site/index.ts';
import type { Effects } from './effects.ts';
import { openProject } from './open-project.ts';
import { siteSources } from './site.ts';

export interface SiteDevOptions {
  /** Default: 5173, or the next that is free. */
  readonly port?: number;
  /** As for `site build`. */
  readonly base?: string;
  readonly hear: (event: DevEvent) => void;
}

/** Serves the site of a project on this machine, and shows what is written and recorded meanwhile. */
export async function developSite(
  { port, base, hear }: SiteDevOptions,
  effects: Effects,
): Promise<Result<void, readonly Failure[]>> {
  const opened = await openProject(effects);
  if (!opened.ok) return opened;
  return await devSite({
    root: opened.value.root,
    open: () => siteSources(effects),
    base,
    port: port ?? 5173,
    now: effects.now,
    env: effects.env,
    signal: effects.signal,
    hear,
  });
}
