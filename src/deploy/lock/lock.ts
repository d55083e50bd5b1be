import type { Digest, Verdict } from '../../base/index.ts';
import type { ObjectId } from '../../git/index.ts';

/**
 * What of a model runs in a stage: one file a model on the branch `deploy/<stage>`, from which everything that runs is
 * found. It is a function of what was decided and built, without a clock: the same deployment is the same bytes.
 */
export interface DeploymentLock {
  /** Version of this format. */
  readonly version: 1;
  readonly model: string;
  readonly stage: string;
  /** `v1.4.0` */
  readonly name: string;
  /** Of `model.onnx`. */
  readonly digest: Digest;
  readonly run?: string;
  readonly pipeline?: string;
  /**
   * Of the code.
   * @pattern ^[0-9a-f]{40}$
   */
  readonly commit?: ObjectId;
  /** Digest of the canonical JSON of the run's record. */
  readonly record?: Digest;
  readonly assignment: LockedAssignment;
  readonly image: LockedImage;
  /** What was known of who made the model, when it was deployed; `fail` is never deployed. */
  readonly provenance: { readonly verdict: Verdict; readonly because: string };
  /** Digests of the rendered files by path: what does not match was changed by somebody else. */
  readonly files: Readonly<Record<string, Digest>>;
}

/** By which event the version stands there. */
export interface LockedAssignment {
  /** `heart-disease#production#7` */
  readonly tag: string;
  /**
   * The tag object.
   * @pattern ^[0-9a-f]{40}$
   */
  readonly id: ObjectId;
  /**
   * Order among the assignments of the model: a smaller one never takes the place of a larger one.
   * @asType integer
   * @minimum 1
   */
  readonly counter: number;
  readonly by: string;
  readonly why?: string;
}

export interface LockedImage {
  /** Host and path in a registry. */
  readonly repository: string;
  /** Of the manifest. */
  readonly digest: Digest;
}
