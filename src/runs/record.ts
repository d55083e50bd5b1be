import type { Digest, JsonScalar, Verdict } from '../base/index.ts';
import type { ContractVerdict } from '../contract/index.ts';
import type { DataFile, DataProfile, StratumFacts } from '../data/index.ts';
import type {
  Baseline,
  BaselineComparison,
  ChoiceFile,
  Evaluation,
  GateResult,
  MetricDifferences,
} from '../evaluate/index.ts';

/**
 * One execution of a pipeline at a commit: `runs/<pipeline>/<yyyy>/<mm>/<dd>/<id>.json` on the runs branch. Immutable.
 * The JSON Schema in schemas/ is generated from this type.
 */
export interface RunRecord {
  /** Version of this format. */
  readonly version: 1;
  readonly id: RunId;
  readonly pipeline: string;
  readonly description?: string;
  /** ISO 8601, UTC. @format date-time */
  readonly startedAt: string;
  readonly seconds: number;
  readonly trigger: {
    readonly kind: 'manual' | 'push' | 'pull_request' | 'schedule' | 'dispatch' | 'data' | 'drift';
    readonly actor?: string;
  };
  readonly status: 'succeeded' | 'failed' | 'cancelled';
  /** Of contracts and gates together; `inconclusive` when the run did not get that far. */
  readonly verdict: Verdict;
  /** `null` when the pipeline ran outside of Git. */
  readonly code: CodeState | null;
  readonly params: Readonly<Record<string, JsonScalar>>;
  readonly data: Readonly<Record<string, DataState>>;
  readonly steps: readonly StepRecord[];
  readonly models: readonly ModelRecord[];
  /** The model of the pipeline: one of `models`. */
  readonly model?: ChosenModel;
  /** The first metric to look at: of the `evaluate` step that measured the models. */
  readonly mainMetric?: string;
  /** The models of this run against the best of them, metric by metric. */
  readonly differences?: readonly MetricDifferences[];
  readonly gates?: GatesRecord;
  readonly environment: Environment;
}

export interface ChosenModel {
  /** Id of the step that trained it. */
  readonly step: string;
  readonly digest: Digest;
  /** The step that the pipeline's `model: from:` names. */
  readonly from: string;
  /** How a `choose` step took it. */
  readonly choice?: ChoiceFile;
}

export interface GatesRecord {
  readonly verdict: Verdict;
  readonly results: readonly GateResult[];
  /** What the gates' `baseline` names stood for in this run. */
  readonly baselines?: readonly Baseline[];
  /** The model against each of them that could be run: every metric, on the same rows. */
  readonly comparisons?: readonly BaselineComparison[];
}

/**
 * `20261121-031500-1f4a9c1e`: UTC time of the start to the second; then 8 hexadecimal digits, of which three are the
 * milliseconds and five are random. Sorts by time.
 * @pattern ^\d{8}-\d{6}-[0-9a-f]{8}$
 */
export type RunId = string;

export interface CodeState {
  /** @pattern ^[0-9a-f]{40}([0-9a-f]{24})?$ */
  readonly commit: string | null;
  readonly branch?: string;
  /** Tracked files differ from the commit, or untracked ones that are not ignored exist. */
  readonly dirty: boolean;
}

export interface DataState {
  readonly fingerprint?: Digest;
  readonly files: readonly DataFile[];
  readonly rows?: { readonly total: number; readonly train: number; readonly heldOut: number };
  readonly strata: readonly StratumFacts[];
  readonly contract?: { readonly file: string; readonly digest: Digest; readonly version: string };
  readonly checks?: ContractVerdict;
  readonly profile?: DataProfile;
}

export interface StepRecord {
  readonly id: string;
  readonly step: string;
  readonly matrix: Readonly<Record<string, JsonScalar>>;
  readonly needs: readonly string[];
  readonly status: 'ran' | 'cached' | 'skipped' | 'failed' | 'rejected' | 'cancelled';
  readonly fingerprint?: Digest;
  readonly seconds: number;
  readonly attempts: number;
  readonly artifacts: readonly { readonly name: string; readonly digest: Digest; readonly bytes: number }[];
  readonly failure?: { readonly code: string; readonly message: string };
  readonly because?: string;
  /** From the step's `metrics` output, flattened with dots. What a script says of itself, measured by nobody. */
  readonly selfReported?: Readonly<Record<string, number>>;
}

export interface ModelRecord {
  /** Id of the step that made it. */
  readonly step: string;
  readonly digest: Digest;
  readonly bytes: number;
  readonly signature: ModelSignature;
  /** Measured on the held-out rows from these exact bytes; absent when no `evaluate` step measured it. */
  readonly evaluation?: RecordedEvaluation;
  /** What training learned about itself: trees grown, iterations. */
  readonly training?: Readonly<Record<string, JsonScalar>>;
}

/** Without the curves: they are in the artifact `evaluation` of the step, and would make every record ten times as large. */
export type RecordedEvaluation = Omit<Evaluation, 'curves'>;

export interface ModelSignature {
  readonly inputs: readonly {
    readonly name: string;
    readonly type: string;
    readonly shape: readonly (number | null)[];
  }[];
  readonly outputs: readonly {
    readonly name: string;
    readonly type: string;
    readonly shape: readonly (number | null)[];
  }[];
  readonly opsets: Readonly<Record<string, number>>;
}

export interface Environment {
  readonly trainyard: string;
  readonly node: string;
  readonly platform: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly onnxruntime: string;
  readonly duckdb: string;
}
