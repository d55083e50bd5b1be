import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { FileFailure } from './file-failures.ts';
import { mistake } from './file-failures.ts';
import { projectFileName } from './load-project.ts';
import type { ReadFile } from './read-source.ts';
import { readSource } from './read-source.ts';
import { shown } from './shape-words.ts';
import type { SiteSettingsFile } from './site-file.ts';
import { readYaml } from './yaml.ts';

/** What `site:` names: files and folders of this repository that are there. For a project file without other mistakes. */
export async function checkSite(root: string, readFile: ReadFile): Promise<readonly FileFailure[]> {
  const source = await readSource({ root, file: projectFileName, readFile });
  const document = source.ok ? readYaml(source.value).document : undefined;
  if (document === undefined) return [];
  const { logo, pages } = (document.value as { readonly site?: SiteSettingsFile }).site ?? {};
  const problems = [
    { at: 'logo', file: logo, problem: logo && (await problemOf(root, logo, 'file')) },
    { at: 'pages', file: pages, problem: pages && (await problemOf(root, pages, 'folder')) },
  ];
  return problems.flatMap(({ at, file, problem }) => {
    if (file === undefined || !problem) return [];
    const remedy = `name ${at === 'logo' ? 'an SVG or PNG file' : 'a folder with Markdown files'}, relative to trainyard.yaml`;
    return [
      mistake('pipeline-site-file', `${shown(file)} ${problem}`, document.places.place(['site', at]), remedy),
    ];
  });
}

async function problemOf(root: string, file: string, kind: 'file' | 'folder'): Promise<string | undefined> {
  const real = await realpath(path.resolve(root, file)).catch(() => undefined);
  if (real === undefined) return 'is not there';
  const relative = path.relative(await realpath(root), real);
  if (relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative))
    return 'is outside of the repository';
  const about = await stat(real);
  if (kind === 'file') return about.isFile() ? undefined : 'is no file';
  if (relative === '') return 'is the whole repository';
  return about.isDirectory() ? undefined : 'is no folder';
}
