export type { Decision, StagePolicy } from './decision.ts';
export type {
  ArchiveEvent,
  AssignEvent,
  DecidedCheck,
  Identity,
  RegisterEvent,
  RegistryEvent,
  UnassignEvent,
  VersionName,
} from './event.ts';
export type { RegistryFailure } from './failures.ts';
export type { Appended, AppendOptions, EventDraft, Ledger } from './ledger.ts';
export type { ForeignTag, ModelState, ModelVersion, TaggedEvent } from './state.ts';
