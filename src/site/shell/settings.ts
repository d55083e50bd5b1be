import { realpath, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { Repository } from '../../git/index.ts';
import { logoMissing } from '../failures.ts';
import type { SiteSources } from '../sources.ts';
import { activePictures } from './own-pages.ts';

/** What the pages of a site depend on, besides the sources of the pages. */
export interface SiteSettings {
  readonly title: string;
  readonly description?: string;
  /** With slashes at both ends. */
  readonly base: string;
  /** Absolute. */
  readonly logo?: string;
  /** Folder of the repository's own pages; absolute. */
  readonly pages?: string;
  /** Address of the repository's pages on its host, without a slash at the end. */
  readonly repository?: string;
  readonly commit?: string;
}

export async function siteSettings(
  { root, project, repository: git }: SiteSources,
  base: string,
): Promise<Result<SiteSettings, readonly Failure[]>> {
  const { title, description, logo, pages } = project.site;
  if (logo !== undefined && !(await isFileIn(root, join(root, logo)))) return failed([logoMissing(logo)]);
  const active = logo === undefined ? [] : await activePictures(root, [logo]);
  if (active.length > 0) return failed(active);
  const head = await git?.head();
  if (head?.ok === false) return failed([head.failure]);
  const repository = project.site.repository ?? (await originPages(git));
  const commit = head?.value.commit;
  return success({
    title: title ?? basename(root),
    ...(description === undefined ? {} : { description }),
    base,
    ...(logo === undefined ? {} : { logo: join(root, logo) }),
    ...(pages === undefined ? {} : { pages: join(root, pages) }),
    ...(repository === undefined ? {} : { repository }),
    ...(commit === undefined ? {} : { commit }),
  });
}

async function isFileIn(root: string, file: string): Promise<boolean> {
  const real = await realpath(file).catch(() => undefined);
  if (real === undefined || relative(await realpath(root), real).startsWith('..')) return false;
  return (await stat(real)).isFile();
}

/** A remote that cannot be read is none: nothing is asked of it here. */
async function originPages(git: Repository | undefined): Promise<string | undefined> {
  const remote = await git?.remote();
  return remote?.ok === true && remote.value !== undefined ? repositoryPages(remote.value.url) : undefined;
}

/** Hosts whose repositories have pages at the address that they are cloned from. */
const hosts = /^(github\.com|gitlab\.com|codeberg\.org|bitbucket\.org|git(hub|lab|ea)\.[a-z\d.-]+)$/;

/** The pages of a repository, by the address that it is cloned from, without user, password and port. */
export function repositoryPages(url: string): string | undefined {
  const [, host, path] =
    /^(?:https?|ssh|git):\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?\/(.+)$/.exec(url) ??
    /^(?:[^@/:]+@)?([^@/:]+):(?!\/)(.+)$/.exec(url) ??
    [];
  const name = path?.replace(/\/+$/, '').replace(/\.git$/, '');
  if (host === undefined || name === undefined || !hosts.test(host.toLowerCase())) return undefined;
  return /^[\w.~-]+(\/[\w.~-]+)+$/.test(name) ? `https://${host.toLowerCase()}/${name}` : undefined;
}
