import type { SiteFile } from '@format';
import { siteFile } from '@format';
import type { Reading } from '@site/lib/data.ts';
import { readData, useReading } from '@site/lib/data.ts';

/** What the site is of. */
export function useSite(): Reading<SiteFile> {
  return useReading(() => readData<SiteFile>(siteFile));
}

/**
 * Address of a commit, or of a file at it, on the repository's host. Only from the site's own settings, only over HTTP:
 * `undefined` where there is none, and for what is no commit or no path inside of the repository.
 */
export function sourceAddress(
  repository: string | undefined,
  commit: string,
  file?: string,
): string | undefined {
  if (repository === undefined || !/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(commit)) return undefined;
  const url = URL.canParse(repository) ? new URL(repository) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  const root = `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  const isBitbucket = url.hostname === 'bitbucket.org';
  if (file === undefined) return `${root}/${isBitbucket ? 'commits' : 'commit'}/${commit}`;
  const parts = file.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return undefined;
  return `${root}/${isBitbucket ? 'src' : 'blob'}/${commit}/${parts.map(encodeURIComponent).join('/')}`;
}
