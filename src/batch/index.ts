export type {
  BatchJob,
  BatchPlan,
  BatchProgress,
  BatchReport,
  BatchWorld,
  BrokenRuleCount,
  KeptColumns,
  RejectRule,
  TableFormat,
} from './batch-job.ts';
export type { BatchFailure } from './failures.ts';
export { formatUnknown } from './failures.ts';
export type { RejectLine } from './rejects.ts';
export { planBatch, scoreBatch } from './score-batch.ts';
