/** Level of one scope of a job's token. */
export type Level = 'none' | 'read' | 'write';
export type Permissions = Readonly<Record<string, Level>>;

/** What happened in a repository, with the body that a webhook would carry. */
export interface ForgeEvent {
  /** `push`, `pull_request`, `repository_dispatch`, ... */
  readonly name: string;
  /** `owner/name` */
  readonly repository: string;
  readonly actor: string;
  /** The token of a job did it: then only dispatches start workflows. */
  readonly byJobToken: boolean;
  /** Why the forge says that it starts nothing, where that is not the token. */
  readonly why?: string;
  readonly payload: Json;
}

/** A job that is about to begin, as far as a forge gives it rights. */
export interface JobRequest {
  readonly repository: string;
  readonly permissions: Permissions;
  readonly runId: number;
  readonly job: string;
  readonly actor: string;
  readonly event: string;
  readonly ref: string;
  readonly sha: string;
  /** `.github/workflows/main.yml` */
  readonly workflowPath: string;
  /** `owner/name/.github/workflows/x.yml@ref`, where the job stands in a called workflow. */
  readonly calledWorkflow: string | undefined;
  readonly environment: string | undefined;
}

export interface JobRights {
  readonly token: string;
  /** Of a job with `id-token: write`: `ACTIONS_ID_TOKEN_REQUEST_URL`, `ACTIONS_ID_TOKEN_REQUEST_TOKEN`. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Where the repositories are. What a runner has to know of it, and what it tells it. */
export interface Forge {
  /** `http://127.0.0.1:4100`; a repository is cloned from `<serverUrl>/<owner>/<name>`. */
  readonly serverUrl: string;
  readonly apiUrl: string;
  readonly graphqlUrl: string;
  /** The bare repository's folder; `undefined` when there is none of this name. */
  gitFolder(repository: string): string | undefined;
  defaultBranch(repository: string): string;
  /** A number that no run, job or artifact has; the runner's own when absent. */
  nextId?(): number;
  /** The rights of one job; the token is told back when the job has ended. */
  openJob(request: JobRequest): Promise<JobRights>;
  closeJob(token: string): Promise<void>;
  /** Calls back for everything that happens from now on; returns the end of it. */
  subscribe(listener: (event: ForgeEvent) => void): () => void;
  /** A run was made, went on, or ended: for a forge that lists runs and their artifacts. */
  runChanged?(run: ForgeRun): void;
  /** A job waits for, entered or left an environment: GitHub keeps a deployment for it. */
  deploymentChanged?(deployment: ForgeDeployment): void;
}

export interface ForgeRun {
  readonly id: number;
  readonly repository: string;
  readonly name: string;
  readonly path: string;
  readonly event: string;
  readonly actor: string;
  readonly headBranch: string | null;
  readonly headSha: string;
  readonly headRepository: string;
  readonly runNumber: number;
  readonly status: 'queued' | 'in_progress' | 'completed';
  readonly conclusion: string | null;
  readonly artifacts: readonly ForgeArtifact[];
}

export interface ForgeArtifact {
  readonly id: number;
  readonly name: string;
  /** A folder with its files. */
  readonly folder: string;
  readonly sizeInBytes: number;
  readonly digest: string;
}

export interface ForgeDeployment {
  readonly repository: string;
  readonly runId: number;
  readonly job: string;
  readonly environment: string;
  readonly ref: string;
  readonly sha: string;
  readonly state: 'waiting' | 'in_progress' | 'success' | 'failure' | 'error' | 'inactive';
  readonly url: string | undefined;
}

export type Json = Readonly<Record<string, unknown>>;

/** The value below some keys of a body; `undefined` where there is none. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Json)[key] : undefined),
    value,
  );
}

export function textAt(value: unknown, ...keys: readonly string[]): string {
  const found = at(value, ...keys);
  return typeof found === 'string' ? found : '';
}
