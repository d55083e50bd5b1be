import type { Digest, Verdict } from '../base/index.ts';
import type { ObjectId } from '../git/index.ts';
import type { StageSettings } from './settings.ts';

/** One version of a model in the stage where it stands, with the image that holds it: all that is rendered comes from this. */
export interface Deployment {
  readonly model: string;
  /** `v1.4.0` */
  readonly version: string;
  /** Of `model.onnx`. */
  readonly digest: Digest;
  readonly assignment: Assignment;
  readonly lineage: DeployedLineage;
  readonly provenance: { readonly verdict: Verdict; readonly because: string };
  readonly image: DeployedImage;
  readonly settings: StageSettings;
  readonly log: LogNeeds;
}

/** The event by which the version came to the stage. */
export interface Assignment {
  /** `heart-disease#production#7` */
  readonly tag: string;
  /** The tag object, whose signature vouches for who decided it. */
  readonly id: ObjectId;
  /** Order among all assignments of the model. */
  readonly counter: number;
  readonly by: string;
  readonly why?: string;
}

export interface DeployedLineage {
  readonly run?: string;
  readonly pipeline?: string;
  /** Of the code. */
  readonly commit?: string;
  /** Of the canonical JSON of the run record. */
  readonly record?: Digest;
}

export interface DeployedImage {
  /** Host and path: `registry.example.org/team/heart-disease`. */
  readonly repository: string;
  /** Of the manifest: what the registry knows it by. */
  readonly digest: Digest;
  /** That the server listens on inside. */
  readonly port: number;
  /** `<uid>:<gid>`, never root. */
  readonly user: string;
}

/** What the prediction log of the model asks of its surroundings. */
export interface LogNeeds {
  /** TCP ports that it writes to, outside of the cluster or inside. */
  readonly ports: readonly number[];
  /** Folder inside of the container that it writes to, or where what is not sent yet waits. */
  readonly folder?: string;
  /** Of the container. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The image as whoever pulls it has to write it: never by a tag, which may mean another one tomorrow. */
export function imageReference({ repository, digest }: Pick<DeployedImage, 'repository' | 'digest'>): string {
  return `${repository}@${digest}`;
}

/** A file of the branch. */
export interface RenderedFile {
  readonly path: string;
  readonly text: string;
}
