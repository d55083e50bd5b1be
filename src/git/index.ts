export type { GitFailure } from './failures.ts';
export type { ObjectId } from './object-id.ts';
export type { OpenOptions } from './open.ts';
export { openRepository } from './open.ts';
export type { FetchedRef, Ref, RefAnswer, RefUpdate, Remote } from './remote.ts';
export type {
  CommitOptions,
  CommittedFile,
  DirtyOptions,
  DraftCommit,
  Head,
  MergeBase,
  NewCommit,
  NewFile,
  NewTag,
  Person,
  Repository,
  Tag,
  TreeFile,
} from './repository.ts';
