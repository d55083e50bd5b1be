export type { AddDataOptions, AddDataReport } from './add-data.ts';
export { addData } from './add-data.ts';
export type { ApproveOptions, ApproveReport } from './approve.ts';
export { approve } from './approve.ts';
export type { ArchiveOptions } from './archive.ts';
export { archive } from './archive.ts';
export type { AttestOptions, AttestReport } from './attest.ts';
export { attest } from './attest.ts';
export type { AttestRecordedOptions, AttestRecordedReport } from './attest-recorded.ts';
export { attestRecorded } from './attest-recorded.ts';
export type { BuildEffects, BuildOptions, BuildReport } from './build.ts';
export { build } from './build.ts';
export type { CheckOptions, CheckReport } from './check.ts';
export { check } from './check.ts';
export type { BranchReport, DeployEffects, DeployOptions, DeployReport } from './deploy.ts';
export { deploy } from './deploy.ts';
export type { Effects, Machine } from './effects.ts';
export type { ExportModelOptions } from './export-model.ts';
export { exportModel, planExport } from './export-model.ts';
export type { ExportReport, ExportRunsOptions } from './export-runs.ts';
export { exportRuns } from './export-runs.ts';
export type { CommandFailure } from './failures.ts';
export { folderMissing, outputUnwritable } from './failures.ts';
export type { FollowEvent } from './follow.ts';
export type { InitReport } from './init/init.ts';
export { init } from './init/init.ts';
export type { InitFile } from './init/init-file.ts';
export type { InitOptions } from './init/init-options.ts';
export { mergedRun } from './merged-run.ts';
export type { ModelCardOptions, ModelCardReport } from './model-card.ts';
export { cardOfModel } from './model-card.ts';
export type { HistorySummary, ModelSummary, StoodThere } from './model-summary.ts';
export { historySummary, modelSummary } from './model-summary.ts';
export type {
  Freshness,
  HistoryOptions,
  ListModelsOptions,
  ModelHistory,
  ModelList,
  ModelsOptions,
  ShowModelOptions,
  ShownModel,
} from './models.ts';
export { historyOfModel, listModels, showModel } from './models.ts';
export type { OpenedRegistry, OpenRegistryOptions } from './open-registry.ts';
export { openRegistry } from './open-registry.ts';
export type { JobPlan, Occasion, PipelineJobs, PlanJobsOptions } from './plan-jobs.ts';
export { planJobs } from './plan-jobs.ts';
export type { PlanRequest } from './plan-pipeline.ts';
export type { PredictEffects, PredictOptions } from './predict.ts';
export { planPrediction, predict } from './predict.ts';
export { processEffects } from './process-effects.ts';
export type { PromoteFromTagOptions, PromoteOptions } from './promote.ts';
export { promote, promoteFromTag } from './promote.ts';
export type { PromotionEffects } from './promotion-evidence.ts';
export type { PruneRunsOptions } from './prune-runs.ts';
export { pruneRecords } from './prune-runs.ts';
export type { PushRunsOptions } from './push-runs.ts';
export { pullRuns, pushRuns } from './push-runs.ts';
export type { DispatchPayload, SentData } from './receive/payload.ts';
export { readPayload } from './receive/payload.ts';
export type { Received, ReceiveOptions } from './receive/receive.ts';
export { receive } from './receive/receive.ts';
export type { RegisterOptions, RegisterReport } from './register.ts';
export { register } from './register.ts';
export type { ReportOptions } from './report.ts';
export { report } from './report.ts';
export type { ReproduceOptions } from './reproduce.ts';
export { reproduceRun } from './reproduce.ts';
export type { RollbackOptions } from './rollback.ts';
export { rollback } from './rollback.ts';
export { findRoot } from './root.ts';
export type { RunOptions, RunReport } from './run.ts';
export { planRun, run } from './run.ts';
export type { AnnotateOptions, DiffOptions, ListOptions, ShownRun, ShowOptions } from './runs.ts';
export { annotateRun, diffOfRuns, listRuns, showRun } from './runs.ts';
export type { ServeEffects, ServeOptions, Serving } from './serve.ts';
export { serve } from './serve.ts';
export { placed } from './serving-plan.ts';
export type { SiteOptions } from './site.ts';
export { makeSite } from './site.ts';
export type { SiteDevOptions } from './site-dev.ts';
export { developSite } from './site-dev.ts';
export { commentPromotion, releaseVersion } from './tell-promotion.ts';
export { triggerOf } from './trigger.ts';
export type { UndeployOptions, UndeployReport } from './undeploy.ts';
export { undeploy } from './undeploy.ts';
export type { ValidatedDataset, ValidateOptions, ValidateReport } from './validate.ts';
export { validate } from './validate.ts';
export type { VerifyModelOptions, VerifyModelReport } from './verify-model.ts';
export { verifyModel } from './verify-model.ts';
export { why } from './why.ts';
