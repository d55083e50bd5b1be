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
export type { ServerLogConfig } from './planned-log.ts';
export type { JoinedAnswer, LogFilter } from './read-log.ts';
export { readPredictionLog } from './read-log.ts';
