import { existsSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, isAbsolute, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DefaultTheme, UserConfig } from 'vitepress';
import type { ShellConfig } from '../src/site/shell/lay-out.ts';
import type { PageProblem } from '../src/site/shell/own-rules.ts';
import { devData } from './dev-data.ts';
import type { Findings } from './markdown/own-pages.ts';
import { headingId, ownPages, problemsOf } from './markdown/own-pages.ts';
import { ownScripts, withPolicy } from './policy.ts';

/** VitePress's configuration of a site. */
export function siteConfig({
  settings,
  code,
  vitepress,
  packages,
  own,
  problems,
  dev,
}: ShellConfig): UserConfig {
  endWithParent();
  const { title, description, base, logo } = settings;
  const logoFile = `/logo${logo === undefined ? '.svg' : extname(logo)}`;
  const findings: Findings = {
    problems: [],
    anchors: new Map(),
    wanted: [],
    unlinked: [],
    ...(dev === undefined ? {} : { tell: tellLine }),
  };
  return {
    title,
    description: description ?? `Runs, models and data of ${title}`,
    base,
    lang: 'en',
    cacheDir: '.vitepress/cache',
    // It would write a style element into the page to switch without a fade, which the policy forbids.
    appearance: { disableTransition: false },
    // The list of pages in a file of its own instead of a script in every page.
    metaChunk: true,
    head: [['link', { rel: 'icon', href: `${base}${logoFile.slice(1)}` }]],
    themeConfig: {
      logo: logoFile,
      search: { provider: 'local' },
      nav: [
        { text: 'Runs', link: '/runs', activeMatch: '^/runs?(\\.html)?$' },
        { text: 'Compare', link: '/compare' },
        { text: 'Models', link: '/models', activeMatch: '^/models?(\\.html)?$' },
        { text: 'Data', link: '/data', activeMatch: '^/data(set)?(\\.html)?$' },
        ...(own === undefined ? [] : [{ text: 'Docs', link: '/docs/', activeMatch: '^/docs/' }]),
      ],
      ...(own === undefined ? {} : { sidebar: { '/docs/': sidebarOf(own.sidebar) } }),
      ...socialLinks(settings.repository),
    },
    markdown: {
      // The usual ones have colours that are too pale on the ground of a block.
      theme: { light: 'github-light-high-contrast', dark: 'github-dark' },
      attrs: { disable: true },
      anchor: { slugify: headingId },
      ...(own === undefined ? {} : { config: (md) => ownPages(md, own.rules, base, findings) }),
    },
    // VitePress writes a description as it is; an element of the head is escaped, and stands instead.
    transformHead: ({ description: said }) => [['meta', { name: 'description', content: said }]],
    transformHtml: async (html, _, { page, siteConfig }) =>
      withPolicy(html, await ownScripts(siteConfig.site.head, vitepress), { base, page }),
    buildEnd: () => writeFileSync(problems, JSON.stringify(problemsOf(findings))),
    // Links of the repository's pages are checked by their lines, those of ours by tests.
    ignoreDeadLinks: true,
    vite: {
      plugins: dev === undefined ? [] : [devData(dev, base, Object.keys(own?.rules.sources ?? {}))],
      resolve: {
        alias: [
          { find: /^vue\/server-renderer$/, replacement: vueFile(vitepress, 'server-renderer/index.mjs') },
          { find: /^vue$/, replacement: vueFile(vitepress, 'dist/vue.runtime.esm-bundler.js') },
          {
            find: /^vitepress\/theme-without-fonts$/,
            replacement: join(vitepress, 'dist/client/theme-default/without-fonts.js'),
          },
          ...['@observablehq/plot', '@tanstack/virtual-core'].map((name) => ({
            find: name,
            replacement: packageFolder(packages, name),
          })),
          { find: '@site', replacement: code.replace(/\/$/, '') },
          { find: '@format', replacement: formatFile() },
        ],
      },
      // Files of these names in the repository are not ours: one is a program, the other may name what is not installed.
      css: { postcss: {} },
      esbuild: { tsconfigRaw: '{}' },
      server: {
        fs: {
          strict: true,
          allow: servedFolders(code, vitepress, packages),
          // Vite's own, and what says where everything is on this machine.
          deny: ['.env', '.env.*', '*.{crt,pem}', '**/.git/**', '**/.vitepress/{config.ts,site.json}'],
        },
      },
      build: { chunkSizeWarningLimit: 2000, reportCompressedSize: false },
    },
  };
}

/** Nobody would ever end a server, or read what a build makes, once the process that started it was killed. */
function endWithParent(): void {
  // A configuration that is read again asks again.
  if (process.channel === undefined || process.listenerCount('disconnect') > 0) return;
  process.once('disconnect', () => process.exit(1));
  process.channel?.unref();
}

/** To the process that started this one, which shows it to whoever writes the page. */
function tellLine({ file, line, message }: PageProblem): void {
  process.stderr.write(`${file}:${line}: ${message}\n`);
}

/** Two ends of a line that joined: drawn here, as VitePress would ask another host for a picture while pages are written. */
const repositorySign =
  '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"><circle cx="6" cy="5" r="2"/><circle cx="6" cy="19" r="2"/><circle cx="18" cy="7" r="2"/><path d="M6 7v10M18 9c0 4-12 2-12 8"/></svg>';

/** A sign in the bar that leads to the repository. */
function socialLinks(repository: string | undefined): Pick<DefaultTheme.Config, 'socialLinks'> {
  return repository === undefined
    ? {}
    : { socialLinks: [{ icon: { svg: repositorySign }, link: repository, ariaLabel: 'Repository' }] };
}

function sidebarOf(items: NonNullable<ShellConfig['own']>['sidebar']): DefaultTheme.SidebarItem[] {
  return items.map(({ items: below, ...item }) => ({
    ...item,
    ...(below === undefined ? {} : { items: sidebarOf(below) }),
  }));
}

/**
 * What the server of `site dev` hands out besides its own folder: our code, and the packages that it imports. Whoever can reach
 * a port of this machine reads nothing else of it.
 */
function servedFolders(code: string, vitepress: string, packages: string): string[] {
  const mark = `${sep}node_modules${sep}`;
  const installed = [vitepress, vueFile(vitepress, ''), packageFolder(packages, '@observablehq/plot')];
  const outermost = installed.filter(isAbsolute).map((folder) => {
    const at = folder.indexOf(mark);
    return at < 0 ? folder : folder.slice(0, at + mark.length - 1);
  });
  return [...new Set([code.replace(/[\\/]$/, ''), join(dirname(formatFile()), '../..'), ...outermost])];
}

/** What the pages share with the program that writes their data: its sources, or what they were compiled to. */
function formatFile(): string {
  const source = fileURLToPath(new URL('../src/site/format/index.ts', import.meta.url));
  return existsSync(source)
    ? source
    : fileURLToPath(new URL('../dist/site/format/index.js', import.meta.url));
}

/** Where a package is whose pages are elsewhere than its packages, as those of the actions are. */
function packageFolder(packages: string, name: string): string {
  const folders = createRequire(packages).resolve.paths(name) ?? [];
  const folder = folders.map((each) => join(each, name)).find((each) => existsSync(each));
  return folder ?? name;
}

/** Of the Vue that VitePress came with: the folder that the pages are made in has no packages. */
function vueFile(vitepress: string, path: string): string {
  const require = createRequire(join(vitepress, 'package.json'));
  return join(dirname(require.resolve('vue/package.json')), path);
}
