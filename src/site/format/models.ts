import type { Digest, Verdict } from '../../base/index.ts';
import type { Estimate } from '../../evaluate/index.ts';
import type { ObjectId } from '../../git/index.ts';
import type {
  ArchiveEvent,
  AssignEvent,
  Identity,
  RegisterEvent,
  UnassignEvent,
} from '../../registry/index.ts';
import type { RunId } from '../../runs/index.ts';
import type { CardFacts } from './model-card.ts';
import type { TryOut } from './try-it.ts';

/** `models.json`: every model that any tag names. */
export interface ModelsFile {
  readonly version: 1;
  /** Stages of `trainyard.yaml` in their order, and then others that models stand in. */
  readonly stages: readonly ListedStage[];
  /** Sorted by name. */
  readonly models: readonly ListedModel[];
}

export interface ListedStage {
  readonly name: string;
  /** Only what came through that stage may come. */
  readonly from?: string;
}

export interface ListedModel {
  /** As a registry holds it; one that another tool gave may be any text. */
  readonly name: string;
  /** Below `data/`: its `ModelFile`. */
  readonly file: string;
  /** Of its newest version that is ours. */
  readonly pipeline?: string;
  readonly versions: number;
  /** The newest that is not archived and has a digest. */
  readonly latest?: {
    readonly version: string;
    readonly run: RunId;
    /** ISO 8601. */
    readonly at: string;
    readonly metric?: MainMetric;
  };
  /** By stage: what stands there now. */
  readonly stages: Readonly<Record<string, StandingVersion>>;
  /** Requests that nobody has decided yet. */
  readonly requests: number;
  /** Tags that cannot be read or contradict the others. */
  readonly problems: number;
}

export interface StandingVersion {
  readonly version: string;
  /** ISO 8601. */
  readonly since: string;
  /** That made it; absent for a version that another tool made. */
  readonly run?: { readonly pipeline: string; readonly id: RunId };
}

/** The metric to look at first: what the model was chosen by. */
export interface MainMetric extends Estimate {
  readonly name: string;
  /** Absent for a metric that is not known. */
  readonly better?: 'higher' | 'lower';
}

/** Of one model. Names of persons that are addresses of mail are cut at the sign: a site may be for everybody. */
export interface ModelFile {
  readonly version: 1;
  readonly name: string;
  readonly pipeline?: string;
  /** From the newest to the oldest by semantic version. */
  readonly versions: readonly VersionFacts[];
  /** Everything that happened, in the order of the registry, which no clock decides. */
  readonly events: readonly ModelEvent[];
  /** In the order of `trainyard.yaml`, then others that versions ever stood in. */
  readonly stages: readonly StageFacts[];
  readonly requests: readonly RequestFacts[];
  readonly problems: readonly { readonly tag: string; readonly problem: string }[];
  readonly approvals: readonly ApprovalFacts[];
  /** What the environment branches hold of the model, as this clone has them. */
  readonly deployments: readonly DeploymentFacts[];
}

export interface VersionFacts {
  /** `v1.4.0` */
  readonly version: string;
  /** Absent for a version that another tool made: nothing else is known of that. */
  readonly digest?: Digest;
  readonly tag: string;
  /** What its tag points to. */
  readonly commit: ObjectId;
  readonly at?: string;
  readonly by?: Identity;
  /** Why it was registered, as somebody said. */
  readonly why?: string;
  /** Why its number is what it is. */
  readonly bump?: RegisterEvent['bump'];
  readonly run?: RunId;
  readonly pipeline?: string;
  /** Of the code of its run. */
  readonly code?: ObjectId;
  readonly archived: boolean;
  /** Where it stands now. */
  readonly stages: readonly string[];
  readonly metric?: MainMetric;
  /** Of its tag: the main metrics. */
  readonly metrics: Readonly<Record<string, Estimate>>;
  /** Of `model.onnx`, where the record is here. */
  readonly bytes?: number;
  /** Of its run: contracts and gates together. */
  readonly verdict?: Verdict;
  /** As they were judged in its run. */
  readonly gates?: readonly GateFacts[];
  /** Why the record of its run says nothing here. */
  readonly recordProblem?: string;
  readonly provenance: ProvenanceFacts;
  /** Absent without its record. */
  readonly card?: CardFacts;
  readonly tryOut: TryOut;
}

export interface GateFacts {
  readonly verdict: Verdict;
  /** A sentence with the figures. */
  readonly because: string;
}

/** What this clone can tell of who made a version, without asking anybody. */
export interface ProvenanceFacts {
  /** Attestations on the runs branch. */
  readonly attestations: number;
  readonly verdict: Verdict;
  readonly because: string;
  /** Link by link; none when it was not looked at. */
  readonly checks: readonly { readonly check: string; readonly verdict: Verdict; readonly because: string }[];
}

/** A tag of the registry: its event as the tag says it. */
export type ModelEvent = TagFacts &
  (
    | Omit<RegisterEvent, LeftOut>
    | Omit<AssignEvent, LeftOut>
    | Omit<UnassignEvent, LeftOut>
    | Omit<ArchiveEvent, LeftOut>
  );

type LeftOut = 'version' | 'model' | 'after' | 'commit';

interface TagFacts {
  /** `heart-disease#production#7` */
  readonly tag: string;
  readonly id: ObjectId;
  readonly commit: ObjectId;
}

export interface StageFacts {
  readonly name: string;
  /** In `trainyard.yaml`. */
  readonly declared: boolean;
  /** Every version that passes its gates comes here by itself. */
  readonly auto: boolean;
  /** Only what came through that stage may come. */
  readonly from?: string;
  /** Versions that `from` lets come, archived ones left out; absent without `from`, where all may. */
  readonly ready?: readonly string[];
  /** What a rollback would bring back; absent where it would be refused. */
  readonly before?: string;
  readonly environment?: string;
  readonly promoters: readonly string[];
  /** So many people other than the promoter. */
  readonly approvals: number;
  readonly maxAgeDays?: number;
  /** Only models whose provenance is signed by somebody who is trusted. */
  readonly provenance: boolean;
  readonly now?: { readonly version: string; readonly since: string; readonly tag: string };
}

/** A tag that asks for something and that nobody has decided yet. */
export interface RequestFacts {
  readonly tag: string;
  readonly kind: 'register' | 'assign' | 'unassign' | 'archive';
  readonly commit: ObjectId;
  readonly version?: string;
  readonly stage?: string;
  readonly by?: Identity;
  readonly at?: string;
}

export interface ApprovalFacts {
  readonly version: string;
  readonly stage: string;
  readonly by: Identity;
  readonly at?: string;
  readonly why?: string;
  /** Why it does not count. */
  readonly problem?: string;
}

/** What a branch `deploy/<stage>` holds of a model. */
export interface DeploymentFacts {
  readonly stage: string;
  /** `deploy/production`, `origin/deploy/production` */
  readonly branch: string;
  /** Its newest commit. */
  readonly commit: ObjectId;
  /** What is deployed now; absent when the model was taken away. */
  readonly now?: DeployedFacts;
  /** Against what stands in the stage by the registry. */
  readonly registry:
    | { readonly says: 'same' | 'nothing' }
    | { readonly says: 'other'; readonly version: string; readonly tag: string };
  /** Newest first: each commit that changed what is deployed. */
  readonly history: readonly DeployedFacts[];
  /** Older changes were not read. */
  readonly cut?: true;
  /** Why the branch says nothing of the model that can be believed. */
  readonly problem?: string;
}

export interface DeployedFacts {
  /** The commit of the branch that brought it, and when that was made; ISO 8601. */
  readonly commit: ObjectId;
  readonly at: string;
  /** Absent: the commit took the model away. */
  readonly version?: string;
  readonly digest?: Digest;
  readonly image?: { readonly repository: string; readonly digest: Digest };
  /** The tag by which the version stands in the stage, and its number. */
  readonly tag?: string;
  readonly counter?: number;
  readonly by?: string;
  readonly why?: string;
  readonly provenance?: { readonly verdict: Verdict; readonly because: string };
}

export const modelsFile = 'models.json';
