/** The static site: `site:` in `trainyard.yaml`, read by `trainyard site`. */
export interface SiteSettingsFile {
  /**
   * Default: the name of the repository's folder.
   * @minLength 1
   * @maxLength 120
   */
  readonly title?: string;
  /** One sentence below the title. */
  readonly description?: string;
  /**
   * An SVG or PNG file, relative to the root.
   * @pattern \.(svg|png)$
   * @patternErrorMessage name an SVG or PNG file of this repository
   */
  readonly logo?: string;
  /**
   * Path of the site on its host. Default: `/`; `--base` goes before it.
   * @pattern ^/([^/?#\s]+/)*$
   * @patternErrorMessage begin and end with a slash: `/`, `/heart-disease/`
   */
  readonly base?: string;
  /**
   * A folder of Markdown files, relative to the root, that become pages of the site.
   * @minLength 1
   */
  readonly pages?: string;
  /**
   * Address of the repository's pages, for links to commits and files. Default: that of the remote `origin`, where it is
   * on a host that has pages.
   * @pattern ^https?://[^\s?#]+[^\s/?#]$
   * @patternErrorMessage write an address such as `https://github.com/owner/name`
   */
  readonly repository?: string;
  /**
   * Put what models said of the held-out rows, without their keys, beside the truth into the site, so that any runs can
   * be compared row by row in the browser. Who can read the site can read them. Default: false.
   */
  readonly predictions?: boolean;
  /**
   * Put the logs of the newest runs' steps into the site, where the store is a folder of the machine that builds it. What
   * commands print may be more than the public should read. Default: false.
   */
  readonly logs?: boolean;
}
