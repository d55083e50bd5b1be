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
  /** Folder of the project, as a path from the root of the repository: `.`. */
  readonly directory: string;
  /** Cron texts of all pipelines. */
  readonly schedules: readonly string[];
  readonly dispatch: boolean;
  readonly data: boolean;
}
