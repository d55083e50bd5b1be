import { join } from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { interrupted, unwritable } from './failures.ts';
import { makeShell } from './shell/make-shell.ts';
import { siteSettings } from './shell/settings.ts';
import { takeFolder } from './shell/site-folder.ts';
import type { SiteSources } from './sources.ts';
import type { DataReport } from './write-data.ts';
import { writeData } from './write-data.ts';

export interface SiteBuild {
  readonly sources: SiteSources;
  /** Absolute; a folder that is empty, absent, or a site of Trainyard. */
  readonly out: string;
  /** Path of the site on its host, with slashes at both ends: `/` or `/name/`. */
  readonly base: string;
  readonly now: Date;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** What is being done, for people who wait. */
  readonly progress: (doing: string) => void;
}

export interface SiteReport extends DataReport {
  readonly out: string;
  readonly base: string;
  /** Pages were made anew; they are not when nothing of them changed. */
  readonly pagesMade: boolean;
  /** What is not as its author meant it in the repository's own pages, for people. */
  readonly notes: readonly string[];
}

/**
 * Writes a site: pages by VitePress, and below `data/` what they read. What is there from an earlier build is used again. Each
 * file appears whole, and a list after what it names; somebody who reads meanwhile may see one list before and another after.
 */
export async function buildSite(build: SiteBuild): Promise<Result<SiteReport, readonly Failure[]>> {
  const { sources, out, base, progress } = build;
  try {
    const settings = await siteSettings(sources, base);
    if (!settings.ok) return settings;
    const taken = await takeFolder({ out, root: sources.root, pages: settings.value.pages });
    if (!taken.ok) return failed([taken.failure]);
    await using _ = taken.value;
    progress('pages');
    const shell = await makeShell({ ...build, settings: settings.value });
    if (!shell.ok) return shell;
    build.signal.throwIfAborted();
    const data = await writeData({ ...build, settings: settings.value, folder: join(out, 'data') });
    if (!data.ok) return data;
    return success({
      out,
      base,
      ...data.value,
      pagesMade: shell.value.made,
      notes: shell.value.notes,
    });
  } catch (error) {
    if (build.signal.aborted) return failed([interrupted(out)]);
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    return failed([unwritable(out, error)]);
  }
}
