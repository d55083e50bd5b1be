export interface InitOptions {
  /** Relative to where the verb was started; default there. */
  readonly folder?: string;
  /** A CSV file to make a pipeline of. */
  readonly data?: string;
  readonly target?: string;
  /** Columns with commas between; default the first one that tells rows apart. */
  readonly key?: string;
  readonly name?: string;
  /** Replaces what is there. */
  readonly force?: boolean;
  /** Brings what an earlier `init` wrote up to date, and leaves alone what was edited. */
  readonly update?: boolean;
  readonly dryRun?: boolean;
  readonly workflows?: boolean;
  /** The commit of Trainyard that the workflows name. */
  readonly pin?: string;
  /** Where Trainyard's workflows are: `owner/name`, or `.` when they are in this very repository. */
  readonly from?: string;
  readonly version: string;
}
