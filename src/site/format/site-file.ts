/** `site.json`: what a site is of, and how new it is. */
export interface SiteFile {
  readonly version: 1;
  readonly title: string;
  readonly description?: string;
  /** Address of the repository's pages on its host, without a slash at the end: `https://github.com/owner/name`. */
  readonly repository?: string;
  /** The commit that the site was built at. */
  readonly commit?: string;
  /** When its data was last read; ISO 8601, UTC. */
  readonly builtAt: string;
  /** Version of Trainyard that built it. */
  readonly trainyard: string;
  readonly runs: number;
  readonly models: number;
  readonly datasets: number;
}

export const siteFile = 'site.json';
