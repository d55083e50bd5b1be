import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, extname, join, posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageFile } from '../../base/index.ts';
import type { VitePress } from './find-vitepress.ts';
import type { OwnPages } from './own-pages.ts';
import type { OwnRules } from './own-rules.ts';
import type { SiteSettings } from './settings.ts';
import type { PlacedPage, SidebarItem } from './sidebar.ts';
import { indexBody, placePages, sidebarOf } from './sidebar.ts';

/** What the configuration of VitePress is made of; handed over as JSON. */
export interface ShellConfig {
  readonly settings: SiteSettings;
  /** Folder of our pages and components; absolute, with a slash at its end. */
  readonly code: string;
  /** The installed VitePress; absolute. */
  readonly vitepress: string;
  /** A package file from which the packages of pages are found. */
  readonly packages: string;
  readonly own?: { readonly rules: OwnRules; readonly sidebar: readonly SidebarItem[] };
  /** Where to write what is wrong in pages; absolute. */
  readonly problems: string;
  /** For `site dev`: where `data/` is, and the file that says which state pages are made of. */
  readonly dev?: { readonly data: string; readonly reload: string };
}

export interface LayOut {
  /** Absolute; made when absent. */
  readonly work: string;
  /** Root of the project; absolute. */
  readonly root: string;
  readonly settings: SiteSettings;
  readonly vitepress: VitePress;
  readonly own: OwnPages | undefined;
  readonly dev?: NonNullable<ShellConfig['dev']>;
}

/** Pages, components and theme of every site; absolute, with a slash at its end. */
export function codeFolder(): string {
  // The actions are a package of their own, below the repository that has these.
  const found = ['site/', '../site/'].map(packageFile).find((url) => existsSync(new URL('config.ts', url)));
  return fileURLToPath(found ?? packageFile('site/'));
}

/**
 * Scripts that pages start as workers: `public/workers/<name>.js` of `src/site/browser/<name>.ts`, each with all that it
 * needs.
 */
export function workersFolder(): string {
  return fileURLToPath(packageFile('dist/workers/'));
}

/** Below the base: where pictures of pages, and pages of the repository are. */
const picturesFolder = 'files';
const ownFolder = 'docs';

export function problemsFile(work: string): string {
  return join(work, 'problems.json');
}

/**
 * The folder that VitePress works in: our pages, those of the repository, and a configuration that names ours. It may have
 * been laid out before.
 *
 * @returns whether the configuration is another one than before
 */
export async function layOut({ work, root, settings, vitepress, own, dev }: LayOut): Promise<boolean> {
  const code = codeFolder();
  await mkdir(join(work, '.vitepress/theme'), { recursive: true });
  await mkdir(join(work, 'public'), { recursive: true });
  await cp(join(code, 'pages'), work, { recursive: true });
  const logo = settings.logo ?? join(code, 'logo.svg');
  await copyFile(logo, join(work, 'public', `logo${extname(logo)}`));
  await cp(workersFolder(), join(work, 'public/workers'), { recursive: true });
  const config: ShellConfig = {
    settings,
    code,
    vitepress: vitepress.folder,
    packages: fileURLToPath(packageFile('package.json')),
    ...(own === undefined ? {} : { own: await layOutOwn(own, { work, root, settings }) }),
    problems: problemsFile(work),
    ...(dev === undefined ? {} : { dev }),
  };
  const url = (path: string): string => JSON.stringify(join(code, path));
  await put(join(work, '.vitepress/theme/index.ts'), `export { default } from ${url('theme/index.ts')};\n`);
  // It reads this once, when it starts, while it would begin anew by itself when its program changed.
  const configFile = join(work, '.vitepress/site.json');
  await put(
    join(work, '.vitepress/config.ts'),
    [
      `import { readFileSync } from 'node:fs';`,
      `import { siteConfig } from ${url('config.ts')};`,
      `export default siteConfig(JSON.parse(readFileSync(${JSON.stringify(configFile)}, 'utf8')));`,
      '',
    ].join('\n'),
  );
  return await put(configFile, JSON.stringify(config));
}

async function layOutOwn(
  own: OwnPages,
  { work, root, settings }: Pick<LayOut, 'work' | 'root' | 'settings'>,
): Promise<NonNullable<ShellConfig['own']>> {
  const placed = placePages(own, settings.title);
  const gone = await readdir(join(work, ownFolder), { recursive: true }).catch(() => []);
  for (const path of gone) {
    const isPage = placed.some((page) => page.path === path.split(sep).join('/'));
    if (path.endsWith('.md') && !isPage) await rm(join(work, ownFolder, path));
  }
  for (const page of placed) {
    const file = join(work, ownFolder, page.path);
    await mkdir(dirname(file), { recursive: true });
    await put(file, textOf(page, placed));
  }
  for (const picture of own.pictures) {
    const file = join(work, 'public', picturesFolder, picture);
    await mkdir(dirname(file), { recursive: true });
    await copyFile(join(root, picture), file);
  }
  return {
    rules: rulesOf(own, placed, root, settings),
    sidebar: sidebarOf(placed, own.contents, `/${ownFolder}/`),
  };
}

/** With front matter of ours, which VitePress trusts, and without its own way to read other files. */
function textOf({ title, page, ...placed }: PlacedPage, all: readonly PlacedPage[]): string {
  const body = page?.body ?? indexBody({ title, page, ...placed }, all);
  const description = page?.description;
  const matter = JSON.stringify({
    title,
    ...(description === undefined ? {} : { description }),
    outline: [2, 3],
  });
  return `---\n${withoutScript(matter)}\n---\n${body.replace(/<!--(?=\s*@include)/g, '<!--\u2060')}`;
}

/** VitePress puts titles into a script, which what looks like its end would end. */
function withoutScript(text: string): string {
  return text.replace(/<(?=\/script)/gi, '<\u2060');
}

function rulesOf(
  own: OwnPages,
  placed: readonly PlacedPage[],
  root: string,
  { repository, commit }: SiteSettings,
): OwnRules {
  const pages: Record<string, string> = {};
  const sources: Record<string, OwnRules['sources'][string]> = {};
  for (const { source, path, page } of placed) {
    const file = posix.join(own.folder, page === undefined ? path : source);
    const at = `${ownFolder}/${path}`;
    pages[file] = at;
    sources[at] = { file, offset: page?.offset ?? 0 };
    if (posix.basename(path) === 'index.md') pages[posix.dirname(posix.join(own.folder, path))] = at;
  }
  return {
    root,
    sources,
    pages,
    pictures: own.pictures,
    picturesFolder,
    ...(repository === undefined ? {} : { repository }),
    ...(commit === undefined ? {} : { commit }),
  };
}

/** Leaves a file alone that is as it should be, for those who watch it; returns whether it was not. */
async function put(file: string, text: string): Promise<boolean> {
  const before = await readFile(file, 'utf8').catch(() => undefined);
  if (before === text) return false;
  await writeFile(file, text);
  return true;
}
