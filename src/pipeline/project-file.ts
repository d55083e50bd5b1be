import type { DeployFile } from './deploy-file.ts';

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
  /**
   * File of SSH keys and whose they are, in the format of `ssh-keygen` (ALLOWED SIGNERS). With it, promotions count
   * only when they are signed by somebody in it.
   * @minLength 1
   */
  readonly 'allowed-signers'?: string;
  /** Whose signatures make the provenance of a model trusted. */
  readonly provenance?: ProvenanceFile;
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
}
