import type { OwnRepository } from './own-repository.ts';

/** What the world outside of a project has, for all stories. */
export interface Surroundings {
  /** Where the actions and workflows come from. */
  readonly own: OwnRepository;
  /** `oci://127.0.0.1:4711/team/store` */
  readonly store: string;
  /** `127.0.0.1:4712`: a registry of images, with `library/node:22` to build on. */
  readonly images: string;
  /** Of all runners: native packages are installed by the first job, from npm. */
  readonly toolCache: string;
  /** A bare repository: see beginning.ts. */
  readonly beginning: string;
}
