/** Where the workflows come from that the callers call. */
export type WorkflowSource =
  /** The repository itself holds them. */
  | { readonly kind: 'own' }
  /** One commit of another repository, and for people the version that it is. */
  | {
      readonly kind: 'pinned';
      readonly repository: string;
      readonly commit: string;
      readonly version: string;
    };

/** What the callers of a repository depend on. */
export interface CallerSettings {
  readonly source: WorkflowSource;
  readonly branch: string;
  /** Patterns of further branches whose pushes pipelines want to hear of. */
  readonly branches?: readonly string[];
  /** Folder of the project, as a path from the root of the repository: `.`. */
  readonly directory: string;
  /** Cron texts of all pipelines. */
  readonly schedules: readonly string[];
  readonly dispatch: boolean;
  readonly data: boolean;
  /**
   * Of this project, where the repository has others, too: each answers the tags of its own models. Without it the tags of
   * all models.
   */
  readonly models?: readonly string[];
}
