export { describeRun } from './describe.ts';
export type { FakeForgeOptions } from './fake-forge.ts';
export { fakeForge } from './fake-forge.ts';
export type { FolderForgeOptions, PullRequestOptions } from './folder-forge.ts';
export { FolderForge } from './folder-forge.ts';
export type {
  Forge,
  ForgeArtifact,
  ForgeDeployment,
  ForgeEvent,
  ForgeRun,
  JobRequest,
  JobRights,
  Level,
  Permissions,
} from './forge.ts';
export type { Environment, ProtectionRequest, RunnerOptions } from './options.ts';
export type {
  Annotation,
  Artifact,
  Attestation,
  JobResult,
  NotStarted,
  RunResult,
  StepResult,
} from './result.ts';
export { Runner } from './runner.ts';
