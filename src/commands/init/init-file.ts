export interface InitFile {
  /** From the root of the repository. */
  readonly path: string;
  /**
   * `kept`: it was there, and stays as it is. `edited`: a part that should change was edited, and stays, too.
   */
  readonly what: 'created' | 'updated' | 'replaced' | 'same' | 'kept' | 'edited';
  /** What is (or would be) in it. */
  readonly text?: string;
}
