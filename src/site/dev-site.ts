import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { lockRef } from '../git/index.ts';
import { folderInside, shellFailed, siteBusy, unwritable } from './failures.ts';
import type { VitePress } from './shell/find-vitepress.ts';
import { findVitePress } from './shell/find-vitepress.ts';
import { layOut } from './shell/lay-out.ts';
import { ownPagesOf } from './shell/make-shell.ts';
import { PageServer } from './shell/page-server.ts';
import { siteSettings } from './shell/settings.ts';
import { linkIn, linkOnTheWay } from './shell/site-folder.ts';
import type { SiteSources } from './sources.ts';
import { stateOf } from './watch-state.ts';
import { writeData } from './write-data.ts';

export interface SiteDev {
  /** Root of the project; absolute. */
  readonly root: string;
  /** Reads the project anew: its settings may have changed. */
  readonly open: () => Promise<Result<SiteSources, readonly Failure[]>>;
  readonly base: string | undefined;
  readonly port: number;
  readonly now: () => Date;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly hear: (event: DevEvent) => void;
}

export type DevEvent =
  | { readonly kind: 'ready'; readonly url: string }
  | { readonly kind: 'doing'; readonly what: string }
  | { readonly kind: 'refreshed'; readonly runs: number; readonly seconds: number }
  /** Something cannot be shown; what was shown before stays. */
  | { readonly kind: 'wrong'; readonly failures: readonly Failure[] }
  /** A line of VitePress, or about a page of the repository. */
  | { readonly kind: 'said'; readonly line: string };

const pauseMs = 700;

/**
 * Serves a site on this machine until somebody aborts: pages as they are written, data as it is recorded. Mistakes are told
 * and end nothing.
 */
export async function devSite(dev: SiteDev): Promise<Result<void, readonly Failure[]>> {
  const { root, signal, hear } = dev;
  const folder = join(root, '.trainyard/site-dev');
  try {
    const vitepress = findVitePress(root);
    if (!vitepress.ok) return failed([vitepress.failure]);
    const opened = await dev.open();
    if (!opened.ok) return opened;
    const link = await linkOnTheWay(opened.value, ['.trainyard', 'site-dev']);
    if (link !== undefined) return failed([folderInside(folder, `behind the link ${link}`)]);
    await mkdir(folder, { recursive: true });
    const lock = await lockRef(join(folder, 'running.lock'), 500);
    if (lock === undefined) return failed([siteBusy(folder)]);
    await using _ = lock;
    // VitePress executes what stands there, and Git brings what somebody committed.
    await rm(join(folder, 'pages'), { recursive: true, force: true });
    const inside = await linkIn(folder);
    if (inside !== undefined) return failed([folderInside(folder, `a folder with the link ${inside} in it`)]);
    const server = new PageServer({
      vitepress: vitepress.value,
      work: join(folder, 'pages'),
      port: dev.port,
      env: dev.env,
      signal,
      hear: (line) => {
        if (isWorthIt(line)) hear({ kind: 'said', line: line.trim() });
      },
    });
    const first = await refresh(dev, vitepress.value, folder, server);
    if (!first.ok) return first;
    if (server.port !== undefined)
      hear({ kind: 'ready', url: `http://127.0.0.1:${server.port}${first.value.base}` });
    const watching = new AbortController();
    const whole = AbortSignal.any([signal, watching.signal]);
    const watcher = watch(dev, vitepress.value, folder, server, whole);
    const said = await server.ended.finally(() => watching.abort());
    await watcher;
    await server.end();
    return signal.aborted ? success(undefined) : failed([shellFailed(said)]);
  } catch (error) {
    if (signal.aborted) return success(undefined);
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    return failed([unwritable(folder, error)]);
  }
}

async function watch(
  dev: SiteDev,
  vitepress: VitePress,
  folder: string,
  server: PageServer,
  signal: AbortSignal,
): Promise<void> {
  let seen: string | undefined;
  while (!signal.aborted) {
    try {
      const opened = await dev.open();
      const state = opened.ok ? await stateOf(opened.value) : JSON.stringify(opened.failure);
      if (seen !== undefined && state !== seen) {
        const done = opened.ok ? await refresh(dev, vitepress, folder, server) : opened;
        if (!done.ok) dev.hear({ kind: 'wrong', failures: done.failure });
      }
      seen = state;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
      dev.hear({ kind: 'wrong', failures: [unwritable(folder, error)] });
    }
    await wait(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Pages and data as the project is now, and a server of them; then pages that are open read them anew. */
async function refresh(
  dev: SiteDev,
  vitepress: VitePress,
  folder: string,
  server: PageServer,
): Promise<Result<{ readonly base: string }, readonly Failure[]>> {
  const began = dev.now();
  const opened = await dev.open();
  if (!opened.ok) return opened;
  const sources = opened.value;
  const { root, project } = sources;
  const settings = await siteSettings(sources, dev.base ?? project.site.base ?? '/');
  if (!settings.ok) return settings;
  const own = await ownPagesOf(root, settings.value);
  if (!own.ok) return own;
  const data = join(folder, 'data');
  const reload = join(folder, 'reload');
  const work = join(folder, 'pages');
  const laid = { work, root, settings: settings.value, vitepress, own: own.value, dev: { data, reload } };
  if (await layOut(laid)) server.isOutdated = true;
  const written = await writeData({
    sources,
    settings: settings.value,
    folder: data,
    now: began,
    progress: (what) => dev.hear({ kind: 'doing', what }),
  });
  if (!written.ok) return written;
  const seconds = (dev.now().getTime() - began.getTime()) / 1000;
  // In this order: pages that are read anew because of the file have to be the new ones, and be there.
  if (server.isOutdated) await server.end();
  await writeFile(reload, began.toISOString());
  await server.start();
  dev.hear({ kind: 'refreshed', runs: written.value.runs.total, seconds });
  return settings;
}

/** Of what VitePress says: not what it did, but what is wrong. */
function isWorthIt(line: string): boolean {
  return /\b(error|warning|failed)\b|^\S+:\d+: /i.test(line) && !/^\s+at /.test(line);
}
