import type { DeployFile } from './deploy-file.ts';
import type { SiteSettingsFile } from './site-file.ts';

/** `trainyard.yaml` at the root of the repository, as written. The JSON Schema in schemas/ is generated from this type. */
export interface ProjectFile {
  /** Version of this format. */
  readonly version: 1;
  /**
   * Where the bytes are kept: `file:` and a folder relative to the root, `s3://bucket/prefix`, or `oci://registry/repository`.
   * Default: `file:.trainyard/store`.
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
  /**
   * File of SSH keys and whose they are, in the format of `ssh-keygen` (ALLOWED SIGNERS). With it, promotions count
   * only when they are signed by somebody in it.
   * @minLength 1
   */
  readonly 'allowed-signers'?: string;
  /** Whose signatures make the provenance of a model trusted. */
  readonly provenance?: ProvenanceFile;
  /** How container images are made, for `trainyard build`. */
  readonly image?: ImageFile;
  /** The static site of runs, models and data, for `trainyard site`. */
  readonly site?: SiteSettingsFile;
}

/** How container images are made: `image:` in `trainyard.yaml`, read by `trainyard build`. */
export interface ImageFile {
  /**
   * The image that others are built on: Debian (or another system with glibc) with Node 20 or newer. A tag is looked up
   * at each build, and what it stood for is recorded; with a digest it never changes. Default:
   * `gcr.io/distroless/nodejs22-debian12:nonroot`.
   * @pattern ^[a-zA-Z0-9][\w.:/@-]*$
   * @patternErrorMessage write an image with its registry, such as `docker.io/library/node:22-bookworm-slim`
   */
  readonly base?: string;
  /**
   * Host and path where images are pushed to; the name of the model follows. Default: none, and images are called
   * `trainyard/<model>`.
   * @pattern ^(localhost|[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*[.:][\w.:-]*\w|\[[0-9a-f:]+\]:\d+)(/[a-z0-9._-]+)*$
   * @patternErrorMessage write a host and a path, such as `registry.example.org/team`
   */
  readonly registry?: string;
  /** Default: Linux on this machine's processor. */
  readonly platform?: 'linux/amd64' | 'linux/arm64';
  /** Only models whose provenance is signed by somebody whom `provenance` names. Default: what is wrong is refused, what is unknown is written down. */
  readonly provenance?: boolean;
}

export interface ProvenanceFile {
  /** Files of public keys in PEM, relative to the root: Ed25519, or ECDSA on P-256. */
  readonly keys?: readonly string[];
  /** A workflow that signs through Sigstore. */
  readonly sigstore?: {
    /**
     * Who vouches for the identity: `https://token.actions.githubusercontent.com`.
     * @minLength 1
     */
    readonly issuer: string;
    /**
     * The identity in the certificate, in full; `*` at the end stands for any ending.
     * @minLength 1
     */
    readonly identity: string;
    /**
     * The repository whose jobs may sign: `https://github.com/owner/name`. Needed where `identity` is a workflow of
     * another repository, which anybody may call. Default: the one in `identity`.
     * @pattern ^https://[^\s/?#@*]+/[^\s/?#*]+/[^\s/?#*]+$
     * @patternErrorMessage write the address of one repository, such as `https://github.com/owner/name`
     */
    readonly repository?: string;
    /**
     * The branch or tag whose jobs may sign: `refs/heads/main`. Where `identity` is a workflow of another repository, the
     * ref in it says nothing of yours. Default: any.
     * @pattern ^refs/[^\s*]+$
     * @patternErrorMessage write a ref in full, such as `refs/heads/main`
     */
    readonly ref?: string;
    /**
     * File of the certificates and logs of a Sigstore (`trusted_root.json`), relative to the root. Default: those of the
     * public Sigstore, which are fetched.
     * @minLength 1
     */
    readonly 'trusted-root'?: string;
  };
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
  /** Who may promote to this stage: users (`@name`), teams (`@organisation/team`), or addresses of the allowed signers. */
  readonly promoters?: readonly string[];
  /**
   * So many people other than the promoter have to approve. Default: 0.
   * @minimum 0
   * @maximum 20
   * @asType integer
   */
  readonly approvals?: number;
  /**
   * The version was evaluated on data that was read at most so many days ago.
   * @exclusiveMinimum 0
   */
  readonly 'max-data-age-days'?: number;
  /** Only models whose provenance is signed by somebody whom `provenance` names. */
  readonly provenance?: boolean;
  /** How its versions run, for `trainyard deploy`. */
  readonly deploy?: DeployFile;
}

/** The project with every default filled in. */
export interface Project {
  readonly root: string;
  /** Absent when there is no `trainyard.yaml`. */
  readonly file?: string;
  readonly store: string;
  readonly runs: { readonly branch: string };
  readonly stages: readonly StageFile[];
  /** Relative to the root. */
  readonly allowedSigners?: string;
  readonly provenance: ProvenanceFile;
  readonly image?: ImageFile;
  readonly site: SiteSettingsFile;
}
