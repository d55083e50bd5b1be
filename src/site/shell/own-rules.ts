/** What the pages of a repository are rendered by: handed to VitePress's process as JSON. */
export interface OwnRules {
  /** Root of the project; absolute. */
  readonly root: string;
  /** By file below the folder that VitePress works in: the file of the repository, and how many of its lines are left out at its begin. */
  readonly sources: Readonly<Record<string, { readonly file: string; readonly offset: number }>>;
  /** By path of a file or folder in the repository: the file that the page is made of. */
  readonly pages: Readonly<Record<string, string>>;
  /** Paths in the repository of the pictures that are part of the site. */
  readonly pictures: readonly string[];
  /** Below the base: where they are. */
  readonly picturesFolder: string;
  readonly repository?: string;
  readonly commit?: string;
}

/** Something that is wrong in a page, found while it was rendered. */
export interface PageProblem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
  /** The page is made all the same. */
  readonly isNote?: boolean;
}
