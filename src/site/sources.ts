import type { Failure, Result } from '../base/index.ts';
import type { Repository } from '../git/index.ts';
import type { Project } from '../pipeline/index.ts';
import type { Ledger, SignatureCheck } from '../registry/index.ts';
import type { RunHistory } from '../runs/index.ts';
import type { ServableManifest } from '../servable/index.ts';
import type { Store } from '../store/index.ts';

/** Where a site has its facts from. */
export interface SiteSources {
  /** Root of the project; absolute. */
  readonly root: string;
  readonly project: Project;
  readonly repository: Repository | undefined;
  readonly runs: RunHistory;
  /** Absent outside of Git. */
  readonly ledger: Ledger | undefined;
  readonly openStore: () => Promise<Result<Store, Failure>>;
  /** Given where `allowed-signers` is set: then only approvals that are signed count. */
  readonly signatures?: SignatureCheck;
  /** Writes a version as a servable; the model comes from the store. Absent outside of Git. */
  readonly pack?: (reference: string) => Promise<Result<PackedVersion, readonly Failure[]>>;
}

export interface PackedVersion {
  /** Of the servable; absolute. */
  readonly folder: string;
  readonly manifest: ServableManifest;
}
