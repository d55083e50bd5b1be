export type { BranchWriter, CommitNote, Grown, Patience } from './branch-writer.ts';
export { pauseBefore } from './branch-writer.ts';
export type { GitFailure } from './failures.ts';
export type { KeyOwnerRequest } from './key-owner.ts';
export { ownerOfKey } from './key-owner.ts';
export type { RefLock } from './lock.ts';
export { lockRef } from './lock.ts';
export type { ObjectId } from './object-id.ts';
export type { OpenOptions } from './open.ts';
export { openRepository } from './open.ts';
export type { OpenedRemote, OpenRemoteOptions } from './open-remote.ts';
export { openRemote } from './open-remote.ts';
export type { Deeper, FetchedRef, Ref, RefAnswer, RefUpdate, Remote } from './remote.ts';
export { proxyFor } from './remotes/proxy.ts';
export type {
  CommitOptions,
  CommittedFile,
  DirtyOptions,
  DraftCommit,
  GitUser,
  Head,
  MergeBase,
  NewCommit,
  NewFile,
  NewTag,
  Person,
  ReadEachOptions,
  Repository,
  SeenFile,
  Tag,
  TreeFile,
  VisitFile,
} from './repository.ts';
export type { TagSignatureAnswer, TagSignatureRequest } from './verify-tag.ts';
export { verifyTagSignature } from './verify-tag.ts';
