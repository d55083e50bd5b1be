export type { AnsweredRows, AnsweringWorld, RowsRequest, ServingLimits } from './answer-rows.ts';
export type { EdgeConfig, LogFormat } from './edge-config.ts';
export type { Answered, Engine, EngineLoad } from './engine.ts';
export { batchingEngine } from './engines/batching.ts';
export type { ServeFailure, ServeFailureCode } from './failures.ts';
export type {
  AnswerRole,
  Choice,
  EngineOf,
  Fleet,
  OfVersion,
  PlannedFleet,
  PlanOutcome,
  Readiness,
  RoutingFacts,
  ServedModel,
  ServedVersion,
} from './fleet.ts';
export { fixedFleet } from './fleets/fixed.ts';
export type { VersionOpening } from './fleets/open-version.ts';
export { versionOpener } from './fleets/open-version.ts';
export type { PlanFleetOptions } from './fleets/plan-fleet.ts';
export { planFleet } from './fleets/plan-fleet.ts';
export type { Listener } from './http/listener.ts';
export type {
  AnswerLine,
  GapLine,
  JoinedAnswer,
  LabelLine,
  LogCounters,
  LogFilter,
  LoggedColumn,
  LoggedPrediction,
  LoggedRow,
  LogTrouble,
  PredictionLogLine,
  ServerLogConfig,
  VersionLine,
} from './log/index.ts';
export { readPredictionLog } from './log/index.ts';
export type { LogEntry, ServerLog } from './logs/server-log.ts';
export { jsonLog, readableLog } from './logs/server-log.ts';
export type { AnswerEvent, KeptEvents, Observer, ReplyEvent } from './observer.ts';
export { edgeFailures } from './open-edge.ts';
export type { ServerOptions } from './open-server.ts';
export { openServer } from './open-server.ts';
export type {
  PlannedCanary,
  PlannedLimits,
  PlannedModel,
  PlannedVariants,
  PlannedVersion,
  RefusedVersion,
  ServingPlan,
} from './plan.ts';
export type { RunningServer } from './running-server.ts';
export type { ServerConfig } from './server-config.ts';
export type { StartOptions } from './start-server.ts';
export { startServer } from './start-server.ts';
export { tracesEndpoint } from './traces/endpoint.ts';
export type { Traces, TracesOptions } from './traces/open-traces.ts';
export type { RepositoryControl } from './v2/repository.ts';
