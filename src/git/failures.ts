import type { Failure } from '../base/index.ts';

export type GitFailure = Failure<
  | 'git-repository-broken'
  | 'git-object-format-unsupported'
  | 'git-ref-format-unsupported'
  | 'git-object-missing'
  | 'git-branch-name-invalid'
  | 'git-branch-name-taken'
  | 'git-branch-locked'
  | 'git-ref-name-invalid'
  | 'git-ref-name-taken'
  | 'git-ref-locked'
  | 'git-signing-failed'
  | 'git-ssh-keygen-missing'
  | 'git-signers-unreadable'
  | 'git-remote-name-invalid'
  | 'git-remote-protocol-unsupported'
  | 'git-remote-unreachable'
  | 'git-remote-not-found'
  | 'git-remote-denied'
  | 'git-remote-too-slow'
  | 'git-remote-broken'
  | 'git-deepening-unsupported'
  | 'git-push-refused'
  | 'git-path-invalid'
  | 'git-path-exists'
  | 'git-io-failed'
>;

export function repositoryBroken(place: string, why: string): GitFailure {
  return {
    code: 'git-repository-broken',
    kind: 'world',
    message: `${place} is not a Git repository that can be read: ${why}`,
    remedy: 'Check it with "git status", and clone it anew when that fails too.',
  };
}

export function objectFormatUnsupported(format: string): GitFailure {
  return {
    code: 'git-object-format-unsupported',
    kind: 'input',
    message: `The repository names its objects by ${format}; only sha1 repositories are supported`,
    remedy: 'Use a repository that "git init --object-format=sha1" made.',
  };
}

export function refFormatUnsupported(format: string): GitFailure {
  return {
    code: 'git-ref-format-unsupported',
    kind: 'input',
    message: `The repository keeps its branches in the format "${format}"; only "files" is supported`,
    remedy: 'Convert it with "git refs migrate --ref-format=files".',
  };
}

export function objectMissing(what: string, cause: unknown): GitFailure {
  return {
    code: 'git-object-missing',
    kind: 'world',
    message: `${what} is not in this clone`,
    remedy: 'Fetch the whole history: "git fetch --unshallow", or clone without --depth and --filter.',
    cause,
  };
}

export function branchNameInvalid(branch: string): GitFailure {
  return {
    code: 'git-branch-name-invalid',
    kind: 'input',
    message: `${JSON.stringify(branch)} cannot be the name of a branch`,
    remedy: 'Use letters, digits, dashes and slashes, for example "trainyard/runs".',
  };
}

export function branchNameTaken(branch: string, by: string): GitFailure {
  return {
    code: 'git-branch-name-taken',
    kind: 'input',
    message: `The branch ${branch} cannot be made, because there is a branch ${by}`,
    remedy: `Rename it ("git branch -m ${by} <new name>"), or name another branch under "runs:" in trainyard.yaml.`,
  };
}

export function branchLocked(branch: string, lock: string): GitFailure {
  return {
    code: 'git-branch-locked',
    kind: 'world',
    message: `Another process has held the lock of the branch ${branch} for too long`,
    remedy: `When no Git command and no run is under way, remove ${lock}.`,
  };
}

export function refNameInvalid(ref: string): GitFailure {
  return {
    code: 'git-ref-name-invalid',
    kind: 'input',
    message: `${JSON.stringify(ref)} cannot be the name of a ref`,
    remedy:
      'Use letters, digits, and "-", "_", "." or "#" between them; no spaces, "..", "~", "^", ":", "?", "*", "[".',
  };
}

export function refNameTaken(ref: string, by: string): GitFailure {
  return {
    code: 'git-ref-name-taken',
    kind: 'input',
    message: `${ref} cannot be made, because there is ${by}`,
    remedy: `Choose another name, or delete the other one ("git update-ref -d ${by}").`,
  };
}

export function refLocked(ref: string, lock: string): GitFailure {
  return {
    code: 'git-ref-locked',
    kind: 'world',
    message: `Another process has held the lock of ${ref} for too long`,
    remedy: `When no Git command and no run is under way, remove ${lock}.`,
  };
}

export function signingFailed(key: string, why: string): GitFailure {
  return {
    code: 'git-signing-failed',
    kind: 'world',
    message: `Could not sign with the key ${key}: ${why}`,
    remedy: 'Name the file of an SSH key without passphrase, or one whose key is in the agent ("ssh-add").',
  };
}

export function sshKeygenMissing(cause: unknown): GitFailure {
  return {
    code: 'git-ssh-keygen-missing',
    kind: 'world',
    message: 'Signatures of tags need the command ssh-keygen, which is not on the PATH',
    remedy: 'Install OpenSSH 8.9 or newer (the package openssh-client on Debian).',
    cause,
  };
}

export function signersUnreadable(file: string, cause: unknown): GitFailure {
  return {
    code: 'git-signers-unreadable',
    kind: 'input',
    message: `The file of allowed signers, ${file}, cannot be read`,
    remedy: 'Commit it, and name its path under "allowed-signers" in trainyard.yaml.',
    cause,
  };
}

export function pathInvalid(path: string): GitFailure {
  return {
    code: 'git-path-invalid',
    kind: 'input',
    message: `${JSON.stringify(path)} cannot be a path in a commit`,
    remedy: 'Use a relative path with "/" between its parts, and no part named "..", "." or ".git".',
  };
}

export function pathExists(branch: string, path: string): GitFailure {
  return {
    code: 'git-path-exists',
    kind: 'input',
    message: `The branch ${branch} holds ${path} already`,
    remedy: 'Choose another path; what is recorded is never changed.',
  };
}

export function gitIoFailed(doing: string, cause: unknown): GitFailure {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return {
    code: 'git-io-failed',
    kind: 'world',
    message: `Could not ${doing}: ${reason}`,
    remedy: 'Free space or mend the permissions of the .git folder, then run again.',
    cause,
  };
}
