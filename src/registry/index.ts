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
export { noRepository, stageUnknown, unknownModel } from './failures.ts';
export type { GatesNow, GatesQuestion, GatesWorld, RowsNow } from './gates-now/gates-now.ts';
export { rowsSentence } from './gates-now/gates-now.ts';
export { judgeNow } from './gates-now/judge-now.ts';
export { latestVersion } from './latest-version.ts';
export type { Appended, AppendOptions, EventDraft, Ledger } from './ledger.ts';
export { openLedger } from './ledgers/open-ledger.ts';
export type { LedgerOptions, SignatureCheck } from './ledgers/options.ts';
export type { SignatureOptions } from './ledgers/signatures.ts';
export { checkSignatures } from './ledgers/signatures.ts';
export { parseMoment } from './moment.ts';
export { newestFirst, problemOfModelName, problemOfStageName, problemOfVersionName } from './names.ts';
export type { ModelReference } from './reference.ts';
export { parseReference } from './reference.ts';
export type { ModelSources, ResolvedModel } from './resolve-model.ts';
export { resolveModel, resolveVersion } from './resolve-model.ts';
export type { ForeignTag, ModelState, ModelVersion, TaggedEvent } from './state.ts';
export type { PastState } from './state-at.ts';
export { stateAt } from './state-at.ts';
export type { TagName } from './tags/tag-name.ts';
export { parseTagName, tagOf } from './tags/tag-name.ts';
