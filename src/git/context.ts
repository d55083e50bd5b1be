import type { RepositoryFolders } from './discover.ts';
import type { Library } from './library.ts';
import type { SystemGit } from './system.ts';

/** The two engines on one repository: each question goes to the command when it is there, else to the library. */
export interface GitContext {
  readonly folders: RepositoryFolders;
  readonly system: SystemGit;
  readonly library: () => Promise<Library>;
  /** After so long an exchange with a remote is given up. */
  readonly remoteTimeLimitMs?: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
}
