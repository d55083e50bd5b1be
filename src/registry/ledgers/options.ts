import type { Result } from '../../base/index.ts';
import type { GitFailure, Remote, Repository, Tag } from '../../git/index.ts';

export interface LedgerOptions {
  readonly repository: Repository;
  /** Where the truth is; `undefined`: in the repository itself. */
  readonly remote: Remote | undefined;
  /** Given where `allowed-signers` is set: then only tags that it vouches for count. */
  readonly signatures?: SignatureCheck;
}

/** Whose signature a tag has, among the allowed signers; `undefined` when it has none that counts. */
export type SignatureCheck = (tag: Tag) => Promise<Result<string | undefined, GitFailure>>;
