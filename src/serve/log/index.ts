export { checkLogs } from './check-logs.ts';
export type { LogCounters, LogTrouble } from './counters.ts';
export type {
  AnswerLine,
  GapLine,
  LabelLine,
  LoggedColumn,
  LoggedPrediction,
  LoggedRow,
  PredictionLogLine,
  VersionLine,
} from './line.ts';
export type { PredictionLog, PredictionLogOptions } from './open-log.ts';
export { openPredictionLog } from './open-log.ts';
