/** Trainyard as a library: the verbs of the command line, and the values that they give. */
export type { Failure, FailureKind, Place, Result, Verdict } from './base/index.ts';
export type { CheckReport, Effects, Machine, RunReport, ValidateReport } from './commands/index.ts';
export {
  check,
  diffOfRuns,
  listRuns,
  planRun,
  report,
  run,
  showRun,
  validate,
  why,
} from './commands/index.ts';
export type { Plan, RunEvent } from './pipeline/index.ts';
export type { PullReport, PullReportMarkdownOptions } from './report/index.ts';
export { pullReportMarkdown, readPullReport } from './report/index.ts';
export type { RunDiff, RunRecord } from './runs/index.ts';
