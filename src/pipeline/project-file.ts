/** `trainyard.yaml` at the root of the repository, as written. The JSON Schema in schemas/ is generated from this type. */
export interface ProjectFile {
  /** Version of this format. */
  readonly version: 1;
  /**
   * Where the bytes are kept: `file:` and a folder relative to the root. Default: `file:.trainyard/store`.
   * @pattern ^[a-z][a-z0-9]*:.+$
   */
  readonly store?: string;
  readonly runs?: {
    /**
     * Orphan branch of the run records. Default: `trainyard/runs`.
     * @minLength 1
     */
    readonly branch?: string;
  };
  /** Stages of models, in order. */
  readonly stages?: readonly StageFile[];
}

export interface StageFile {
  /**
   * Lower-case letters, digits and dashes.
   * @pattern ^[a-z][a-z0-9]*(-[a-z0-9]+)*$
   * @maxLength 64
   */
  readonly name: string;
  /** Every version that passes its gates comes here by itself. */
  readonly auto?: boolean;
  /** The stage that a version must come from. */
  readonly from?: string;
  /** The environment where versions of this stage run. */
  readonly environment?: string;
  /** Users (`@name`) and teams (`@organisation/team`) who may promote to this stage. */
  readonly promoters?: readonly string[];
}

/** The project with every default filled in. */
export interface Project {
  readonly root: string;
  /** Absent when there is no `trainyard.yaml`. */
  readonly file?: string;
  readonly store: string;
  readonly runs: { readonly branch: string };
  readonly stages: readonly StageFile[];
}
