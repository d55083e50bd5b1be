export type * from './cache.ts';
export { defaultAmounts } from './check-deploy.ts';
export type { CheckOptions as CheckFilesOptions } from './check-files.ts';
export { checkFiles } from './check-files.ts';
export type * from './deploy-file.ts';
export type * from './events.ts';
export type { ExpressionReference, FunctionUse, Span } from './expression-parse.ts';
export type { Contexts, NeedsStatus, References } from './expressions.ts';
export {
  contextNames,
  evaluateCondition,
  evaluateTemplate,
  evaluateTemplates,
  expressionReferences,
} from './expressions.ts';
export type * from './file.ts';
export type { FileFailure, FileFailureCode } from './file-failures.ts';
export { findPipeline, pipelineNames } from './find-pipeline.ts';
export type { LoadOptions } from './load.ts';
export { loadPipeline } from './load.ts';
export { loadProject } from './load-project.ts';
export { expandMatrix } from './matrix.ts';
export type * from './outcome.ts';
export type { Pipeline, PlacePath } from './pipeline.ts';
export type { Machine } from './plan/code.ts';
export { thisMachine } from './plan/code.ts';
export type { Environment } from './plan/contexts.ts';
export type { PlanFailure, PlanFailureCode } from './plan/failures.ts';
export type { StepGroup } from './plan/groups.ts';
export { datasetFingerprints, groupSteps } from './plan/groups.ts';
export type { LocalState, LocalStateOptions } from './plan/local-state.ts';
export { openLocalState } from './plan/local-state.ts';
export type { PlanOptions } from './plan/make-plan.ts';
export { makePlan } from './plan/make-plan.ts';
export type { WhyStep } from './plan/why.ts';
export { describeReason, why } from './plan/why.ts';
export type * from './plan.ts';
export type { Project, ProjectFile, ProvenanceFile, StageFile } from './project-file.ts';
export type { PublicKeyProblem } from './public-key.ts';
export { describePem, pemLabel, publicKeyProblem, unsupportedKey } from './public-key.ts';
export type { ReadFile } from './read-source.ts';
export { addressProblem, isBelowPrefix, receivedBytes } from './received-data.ts';
export { memoryBytes, millicores } from './resource-amounts.ts';
export type { HandOverOptions, ResultsPlace, TakenResults } from './results/results.ts';
export { handOverResults, takeResults } from './results/results.ts';
export type { ExecuteOptions } from './run/execute.ts';
export { execute } from './run/execute.ts';
export type { RunFailure, RunFailureCode } from './run/failures.ts';
export type * from './serving-file.ts';
