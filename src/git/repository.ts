import type { Result } from '../base/index.ts';
import type { GitFailure } from './failures.ts';
import type { ObjectId } from './object-id.ts';
import type { Ref, RefAnswer, RefUpdate, Remote } from './remote.ts';

/** A Git repository on this disk, seen from one of its work trees. Only its remotes go over the network. */
export interface Repository {
  /** The `.git` folder of this work tree, and the one that all work trees share. */
  readonly gitFolder: string;
  readonly commonFolder: string;
  /** `undefined` for a bare repository. */
  readonly workTree: string | undefined;
  /** Commits are missing on purpose: a clone with `--depth`. */
  isShallow(): Promise<boolean>;

  head(): Promise<Result<Head, GitFailure>>;

  /**
   * Whether the work tree is other than the commit: tracked files differ, or files exist that are neither tracked nor
   * ignored. `false` for a bare repository.
   */
  isDirty(options?: DirtyOptions): Promise<Result<boolean, GitFailure>>;

  /** The commit that a branch, tag, remote branch, full ref name or full id stands for; `undefined` when there is none. */
  resolve(revision: string): Promise<Result<ObjectId | undefined, GitFailure>>;

  /** The branch that pull requests go to, as far as this clone knows: the remote's HEAD, else `main` or `master`. */
  defaultBranch(): Promise<
    Result<{ readonly name: string; readonly commit: ObjectId } | undefined, GitFailure>
  >;

  mergeBase(one: ObjectId, other: ObjectId): Promise<Result<MergeBase, GitFailure>>;

  /** The commit and its ancestors, newest first, as far as this clone has them. */
  history(
    commit: ObjectId,
    options: { readonly limit: number },
  ): Promise<Result<readonly ObjectId[], GitFailure>>;

  /** When commits were made; what this clone does not have is left out. */
  commitTimes(commits: readonly ObjectId[]): Promise<Result<ReadonlyMap<ObjectId, Date>, GitFailure>>;

  /** The newest commit of a branch, or of the remote's where there is no local one; without starting a process. */
  tip(branch: string): Promise<ObjectId | undefined>;

  /**
   * The files of a branch, or of a commit by its id, below a folder (`''` for all), sorted by path; none when there is
   * no such branch or folder.
   */
  listFiles(branch: string | ObjectId, folder: string): Promise<Result<readonly TreeFile[], GitFailure>>;

  /**
   * Everything in the tree of a commit, or what stands at some paths and below them, sorted by path; nothing of the
   * work tree, the index, or filters plays a part.
   */
  filesOfCommit(
    commit: ObjectId,
    paths?: readonly string[],
  ): Promise<Result<readonly CommittedFile[], GitFailure>>;

  /** The contents of files, in their order. */
  readFiles(files: readonly TreeFile[]): Promise<Result<readonly Uint8Array[], GitFailure>>;

  /**
   * Shows the contents of files to a visitor, in their order, one at a time: for more than fits into memory. What is
   * missing or larger than the limit is told and is no failure. The bytes are the visitor's only during the call.
   */
  readEach(
    files: readonly TreeFile[],
    options: ReadEachOptions,
    visit: VisitFile,
  ): Promise<Result<void, GitFailure>>;

  /** `undefined` when the branch or the file is not there. */
  readFile(branch: string | ObjectId, path: string): Promise<Result<Uint8Array | undefined, GitFailure>>;

  /** Names of the tags that begin with a text, sorted. */
  listTags(prefix: string): Promise<Result<readonly string[], GitFailure>>;

  /** What a tag says; `undefined` when there is none of the name. */
  readTag(name: string): Promise<Result<Tag | undefined, GitFailure>>;

  /** Every tag whose name begins with a text, with what it says, sorted by name: in one pass, made for ten thousands. */
  readTags(prefix: string): Promise<Result<readonly Tag[], GitFailure>>;

  /**
   * The same below a prefix of full names (`refs/trainyard/approvals/`): tag objects that are no tags for Git. Each is
   * named by its ref without `refs/`, which is also the name that it has to be written with.
   */
  readTagsBelow(prefix: string): Promise<Result<readonly Tag[], GitFailure>>;

  /** What refs below a prefix (`refs/trainyard/`) point to, sorted by name. */
  listRefs(prefix: string): Promise<Result<readonly Ref[], GitFailure>>;

  /** Whom Git takes for the user here, and the key that the user signs with. */
  user(): Promise<Result<GitUser, GitFailure>>;

  /** Writes an annotated tag as an object that no ref leads to yet. With a key it is signed, in Git's SSH format. */
  writeTag(tag: NewTag): Promise<Result<ObjectId, GitFailure>>;

  /** Moves refs of this repository, all or none, each only if it still is what it was. */
  updateRefs(updates: readonly RefUpdate[]): Promise<Result<RefAnswer, GitFailure>>;

  /** A remote by its name in the configuration, by default `origin`; `undefined` when there is none. */
  remote(name?: string): Promise<Result<Remote | undefined, GitFailure>>;

  /** Adds files to a branch in one commit, without a look at the work tree, the index, HEAD, or hooks. */
  commitFiles(
    branch: string,
    files: readonly NewFile[],
    options: CommitOptions,
  ): Promise<Result<NewCommit, GitFailure>>;

  /** Writes a commit as objects that no ref leads to yet: its parent's files, with some added and some removed. */
  writeCommit(draft: DraftCommit): Promise<Result<ObjectId, GitFailure>>;
}

export interface Head {
  /** `undefined` before the first commit. */
  readonly commit: ObjectId | undefined;
  /** `undefined` when HEAD is detached. */
  readonly branch: string | undefined;
}

export interface DirtyOptions {
  /** Folders at the root of the work tree that do not count, such as `.trainyard`. */
  readonly except?: readonly string[];
}

export type MergeBase =
  | { readonly kind: 'found'; readonly commit: ObjectId }
  /** The two have no common history. */
  | { readonly kind: 'none' }
  /** The history that would tell is not in this clone. */
  | { readonly kind: 'unknown'; readonly because: string };

export interface TreeFile {
  readonly path: string;
  readonly blob: ObjectId;
}

export interface CommittedFile {
  readonly path: string;
  /** The object of a link holds its target; that of a submodule is a commit of another repository. */
  readonly kind: 'file' | 'executable' | 'link' | 'submodule';
  readonly id: ObjectId;
  /** Where it costs nothing to know. */
  readonly bytes?: number;
}

export interface ReadEachOptions {
  /** Of one file. */
  readonly limitBytes: number;
}

export type VisitFile = (file: TreeFile, seen: SeenFile) => void;

export type SeenFile =
  | { readonly kind: 'read'; readonly bytes: Buffer }
  | { readonly kind: 'missing' | 'too-large' };

export interface Tag {
  readonly name: string;
  /** The commit that it points to, or another object. */
  readonly target: ObjectId;
  /** The tag object; absent for a lightweight tag, as is all that follows. */
  readonly id?: ObjectId;
  readonly message?: string;
  readonly tagger?: Person & { readonly time: Date };
  /** Armoured, with the bytes that it signs. */
  readonly signature?: { readonly armoured: string; readonly signed: string };
}

export interface NewTag {
  readonly name: string;
  readonly target: ObjectId;
  readonly message: string;
  /** Default as for commits. */
  readonly tagger?: Person;
  readonly time: Date;
  /** File of a private SSH key, or of a public one whose private half is in the agent. */
  readonly signingKey?: string;
}

export interface NewFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface Person {
  readonly name: string;
  readonly email: string;
}

export interface GitUser extends Person {
  /** What `user.signingKey` names, where `gpg.format` is `ssh`: the path of a file, or a key itself. */
  readonly signingKey?: string;
}

export interface CommitOptions {
  readonly message: string;
  readonly time: Date;
  /** Default: GIT_AUTHOR_NAME and GIT_AUTHOR_EMAIL, then `user.name` and `user.email`, then `trainyard <trainyard@localhost>`. */
  readonly author?: Person;
  /** Refuse when one of the paths exists already. */
  readonly onlyNew?: boolean;
}

export interface DraftCommit {
  /** `undefined` for the first commit of a branch. */
  readonly parent: ObjectId | undefined;
  /** With their bytes, or as objects that this repository has; what stands at their path gives way. */
  readonly add?: readonly (NewFile | TreeFile)[];
  /** Paths of files; one that is not there is no mistake. */
  readonly remove?: readonly string[];
  readonly message: string;
  readonly time: Date;
  /** Default as for `commitFiles`. */
  readonly author?: Person;
}

export interface NewCommit {
  readonly commit: ObjectId;
  readonly author: Person;
}
