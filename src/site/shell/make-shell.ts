import { createHash, randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Failure, Result } from '../../base/index.ts';
import { failed, packageFile, success, version } from '../../base/index.ts';
import { linksToNothing } from '../check/check-pages.ts';
import { folderInside, pageBroken, shellFailed } from '../failures.ts';
import { filesIn, placeFiles, removeOld } from './files.ts';
import type { VitePress } from './find-vitepress.ts';
import { findVitePress } from './find-vitepress.ts';
import { codeFolder, layOut, problemsFile, workersFolder } from './lay-out.ts';
import type { OwnPages } from './own-pages.ts';
import { readOwnPages } from './own-pages.ts';
import type { PageProblem } from './own-rules.ts';
import { hasPages, readPagesState, writePagesState } from './pages-state.ts';
import { runVitePress } from './run-vitepress.ts';
import type { SiteSettings } from './settings.ts';
import type { LinkSearch } from './site-folder.ts';
import { linkOnTheWay } from './site-folder.ts';

export interface Shell {
  readonly settings: SiteSettings;
  readonly out: string;
  readonly sources: LinkSearch;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

export interface ShellMade {
  /** `false` when the pages that are there were made of the same. */
  readonly made: boolean;
  /** What is not as its author meant it, in pages that were made all the same. */
  readonly notes: readonly string[];
}

/** Makes the pages, unless those that are there were made of the same. What was there before works until they are whole. */
export async function makeShell(shell: Shell): Promise<Result<ShellMade, readonly Failure[]>> {
  const { settings, out, sources, env, signal } = shell;
  const { root } = sources;
  const vitepress = findVitePress(root);
  if (!vitepress.ok) return failed([vitepress.failure]);
  const own = await ownPagesOf(root, settings);
  if (!own.ok) return own;
  const digest = await shellDigest(root, settings, own.value, vitepress.value);
  const before = await readPagesState(out);
  if (before?.digest === digest && (await hasPages(out, before)))
    return success({ made: false, notes: before.notes });
  // Said now, in a moment: VitePress would work for a minute before it came to them.
  const dead = own.value === undefined ? [] : linksToNothing(root, own.value);
  if (dead.length > 0) return failed(dead);

  const works = join(root, '.trainyard/site');
  const link = await linkOnTheWay(sources, ['.trainyard', 'site']);
  if (link !== undefined) return failed([folderInside(works, `behind the link ${link}`)]);
  await removeOld(works);
  const work = join(works, randomUUID());
  try {
    await layOut({ work, root, settings, vitepress: vitepress.value, own: own.value });
    const made = join(work, 'made');
    const said = await runVitePress({
      vitepress: vitepress.value,
      args: ['build', work, '--outDir', made],
      env,
      // Our pages take 450; own pages about one each.
      heap: 576 + 4 * (own.value?.pages.length ?? 0),
      signal,
    });
    if (said !== undefined) return failed([shellFailed(said.replaceAll(`${work}/`, ''))]);
    const problems = await problemsIn(work);
    const broken = problems.filter(({ isNote }) => isNote !== true);
    if (broken.length > 0) {
      return failed(broken.map(({ file, line, message }) => pageBroken({ file, line }, message)));
    }
    const notes = problems.map(({ file, line, message }) => `${file}:${line}: ${message}`);
    const files = (await filesIn(made)).map((file) => relative(made, file));
    // Whatever happens from here on, the next build knows which files are ours.
    const all = [...new Set([...(before?.files ?? []), ...files])];
    await writePagesState(out, { version: 1, digest: '', files: all, notes });
    await placeFiles(made, out, files);
    const old = (before?.files ?? []).filter((file) => !files.includes(file));
    for (const file of old) await rm(join(out, file), { force: true });
    await writePagesState(out, { version: 1, digest, files, notes });
    return success({ made: true, notes });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

export async function ownPagesOf(
  root: string,
  { pages }: Pick<SiteSettings, 'pages'>,
): Promise<Result<OwnPages | undefined, readonly Failure[]>> {
  return pages === undefined ? success(undefined) : await readOwnPages(root, pages);
}

export async function problemsIn(work: string): Promise<readonly PageProblem[]> {
  return JSON.parse(await readFile(problemsFile(work), 'utf8')) as readonly PageProblem[];
}

/**
 * Of everything that the pages are made of, wherever it lies. The commit is no part of it: pages that did not change keep
 * links to the commit at which they were made, where the same files are.
 */
async function shellDigest(
  root: string,
  { commit: _, logo, pages: __, ...settings }: SiteSettings,
  own: OwnPages | undefined,
  vitepress: VitePress,
): Promise<string> {
  const hash = createHash('sha256');
  const add = (text: string | Uint8Array): void => void hash.update(`${text.length}:`).update(text);
  for (const text of [version(), vitepress.version, JSON.stringify(settings), JSON.stringify(own ?? null)])
    add(text);
  const folders = [codeFolder(), workersFolder(), fileURLToPath(packageFile('dist/site/format/'))];
  for (const folder of folders) {
    for (const file of await filesIn(folder)) {
      add(relative(folder, file));
      add(await readFile(file));
    }
  }
  for (const picture of own?.pictures ?? []) add(await readFile(join(root, picture)));
  if (logo !== undefined) {
    add(logo);
    add(await readFile(logo));
  }
  return hash.digest('hex');
}
