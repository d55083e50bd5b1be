export type { Decision, Judgement, StagePolicy } from './decision.ts';
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
export {
  noRepository,
  noVersion,
  referenceInvalid,
  stageUnknown,
  unknownModel,
  unknownVersion,
  versionForeign,
} from './failures.ts';
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
export type { WriterWorld } from './promotion/append-decided.ts';
export type { Approval, ApprovalMessage } from './promotion/approval.ts';
export type { ApprovalPlace, ApprovalSubject, NewApproval } from './promotion/approvals.ts';
export { readApprovals, writeApproval } from './promotion/approvals.ts';
export type { ArchiveAnswer, ArchiveDecision, ArchiveRequest } from './promotion/archive.ts';
export { archive } from './promotion/archive.ts';
export { decide } from './promotion/decide.ts';
export type { Evidence, PromotionRequest } from './promotion/evidence.ts';
export {
  identityUnproven,
  signerUnknown,
  signingKeyLiteral,
  signingKeyMissing,
  stageTwice,
  stageUndeclared,
  versionArchived,
} from './promotion/failures.ts';
export { stagePolicies } from './promotion/policy.ts';
export type { PromotionAnswer } from './promotion/promote.ts';
export { answerRequest, promote } from './promotion/promote.ts';
export type { Forge, PromoterQuestion } from './promotion/promoter.ts';
export { judgePromoter } from './promotion/promoter.ts';
export type { PushedRequest } from './promotion/request.ts';
export { parseRequest, readRequest } from './promotion/request.ts';
export type { RollbackAnswer, RollbackRequest } from './promotion/rollback.ts';
export { decideRollback, rollback } from './promotion/rollback.ts';
export type { StageHistory } from './promotion/stage-history.ts';
export { stageHistory, versionBefore } from './promotion/stage-history.ts';
export type { ModelReference } from './reference.ts';
export { parseReference } from './reference.ts';
export type { ModelSources, ResolvedModel } from './resolve-model.ts';
export { resolveModel } from './resolve-model.ts';
export { stageBaseline } from './stage-baseline.ts';
export type { ForeignTag, ModelState, ModelVersion, TaggedEvent } from './state.ts';
export type { PastState } from './state-at.ts';
export { stateAt } from './state-at.ts';
export type { TagName } from './tags/tag-name.ts';
export { parseTagName, tagOf } from './tags/tag-name.ts';
export type { PublishedQuestion } from './versions/commit-at-remote.ts';
export { publishedCommit } from './versions/commit-at-remote.ts';
export { asNewest } from './versions/failures.ts';
export type { RegisterDraft, RegisterRequest, RegisterSources, Registration } from './versions/register.ts';
export { registerVersion } from './versions/register.ts';
export type { Registrable } from './versions/registrable.ts';
export { newestRegistrable, registrableRun, runToRegister } from './versions/registrable.ts';
