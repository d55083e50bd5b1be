import { resolve } from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import { success } from '../base/index.ts';
import { openRuns } from '../runs/index.ts';
import type { SiteReport, SiteSources } from '../site/index.ts';
import { buildSite } from '../site/index.ts';
import type { Effects } from './effects.ts';
import { openProject } from './open-project.ts';
import { ledgerOfClone, signaturesOf } from './open-registry.ts';
import { packServable } from './pack-servable.ts';

export interface SiteOptions {
  /** Folder of the site. Default: `site-out` below the root, which Git should ignore. */
  readonly out?: string;
  /** Path of the site on its host, with slashes at both ends. Default: that of `trainyard.yaml`, or `/`. */
  readonly base?: string;
  /** Path of the site where neither `base` nor `trainyard.yaml` says one. Default: `/`. */
  readonly otherwiseBase?: string;
  readonly progress?: (doing: string) => void;
}

/** The static site of the project that a folder belongs to: what this clone knows. */
export async function makeSite(
  options: SiteOptions,
  effects: Effects,
): Promise<Result<SiteReport, readonly Failure[]>> {
  const sources = await siteSources(effects);
  if (!sources.ok) return sources;
  const { root, project } = sources.value;
  return await buildSite({
    sources: sources.value,
    out: resolve(effects.cwd, options.out ?? `${root}/.trainyard/site-out`),
    base: options.base ?? project.site.base ?? options.otherwiseBase ?? '/',
    now: effects.now(),
    env: effects.env,
    signal: effects.signal,
    progress: options.progress ?? (() => undefined),
  });
}

/** Where a site has its facts from: what this clone knows, read anew. */
export async function siteSources(effects: Effects): Promise<Result<SiteSources, readonly Failure[]>> {
  const opened = await openProject(effects);
  if (!opened.ok) return opened;
  const { root, project, repository, openStore } = opened.value;
  const runs = openRuns({ repository, branch: project.runs.branch, root });
  const ledger = ledgerOfClone(opened.value, effects.env);
  const signatures = signaturesOf(opened.value, effects.env);
  const pack =
    repository === undefined || ledger === undefined
      ? {}
      : {
          pack: (reference: string) =>
            packServable(reference, { root, project, repository, ledger, openStore, cwd: root }),
        };
  return success({
    root,
    project,
    repository,
    runs,
    ledger,
    openStore,
    ...(signatures === undefined ? {} : { signatures }),
    ...pack,
  });
}
