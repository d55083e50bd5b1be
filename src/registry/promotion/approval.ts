import type { Digest } from '../../base/index.ts';
import type { Identity, VersionName } from '../event.ts';

/** Somebody says that a version may come to a stage; the message of a tag object below `refs/trainyard/approvals/`. */
export interface ApprovalMessage {
  /** Version of this format. */
  readonly version: 1;
  readonly kind: 'approval';
  readonly model: string;
  readonly name: VersionName;
  readonly digest: Digest;
  readonly stage: string;
  readonly by: Identity;
  readonly at: string;
  readonly why?: string;
}

/** An approval as it was found. */
export interface Approval {
  readonly ref: string;
  readonly name: VersionName;
  readonly stage: string;
  /** Who it is of as far as that is proven: the owner of the key, where tags have to be signed. */
  readonly by: Identity;
  readonly digest?: Digest;
  readonly at?: string;
  readonly why?: string;
  /** Why it does not count. */
  readonly problem?: string;
}
