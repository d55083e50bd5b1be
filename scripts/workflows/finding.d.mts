/** One thing that is wrong, where it stands. */
export interface Finding {
  /** From the folder that was checked. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `language-service`, `actionlint/<kind>`, or the name of a rule of our own. */
  readonly rule: string;
  readonly message: string;
}
