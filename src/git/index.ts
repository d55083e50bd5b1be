export type { GitFailure } from './failures.ts';
export type { OpenOptions } from './open.ts';
export { openRepository } from './open.ts';
export type {
  CommitOptions,
  DirtyOptions,
  Head,
  MergeBase,
  NewCommit,
  NewFile,
  ObjectId,
  Person,
  Repository,
  Tag,
  TreeFile,
} from './repository.ts';
