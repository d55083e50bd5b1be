import type { GitFailure } from '../failures.ts';

export function remoteNameInvalid(name: string): GitFailure {
  return {
    code: 'git-remote-name-invalid',
    kind: 'input',
    message: `${JSON.stringify(name)} cannot be a remote`,
    remedy: 'Use a name that "git remote" lists, or a URL that begins with https://, ssh:// or file://.',
  };
}

export function protocolUnsupported(url: string): GitFailure {
  return {
    code: 'git-remote-protocol-unsupported',
    kind: 'world',
    message: `Without the git command only https remotes can be reached, and this one is ${url}`,
    remedy: 'Install Git, or give the remote an https URL ("git remote set-url").',
  };
}

export function remoteUnreachable(url: string, why: string, cause?: unknown): GitFailure {
  return {
    code: 'git-remote-unreachable',
    kind: 'world',
    message: `Could not reach ${url}: ${why}`,
    remedy: 'Check the network, the proxy (HTTPS_PROXY) and the host name, then try again.',
    cause,
  };
}

export function remoteNotFound(url: string, why: string): GitFailure {
  return {
    code: 'git-remote-not-found',
    kind: 'input',
    message: `There is no repository at ${url}, or none that this account may see: ${why}`,
    remedy: 'Check the URL with "git remote -v", and that the token or key may read the repository.',
  };
}

export function remoteDenied(url: string, why: string): GitFailure {
  return {
    code: 'git-remote-denied',
    kind: 'world',
    message: `${url} does not let this account in: ${why}`,
    remedy:
      'Give Git a credential (git credential helper, SSH key, or a token in TRAINYARD_GIT_TOKEN) that may read, and to push, write; in a workflow, set "permissions: contents: write".',
  };
}

export function remoteTooSlow(url: string, seconds: number): GitFailure {
  return {
    code: 'git-remote-too-slow',
    kind: 'world',
    message: `${url} gave no complete answer within ${seconds} s`,
    remedy: 'Try again; when it stays slow, check the network and the server.',
  };
}

export function remoteBroken(url: string, why: string, cause?: unknown): GitFailure {
  return {
    code: 'git-remote-broken',
    kind: 'world',
    message: `${url} gave an answer that is no Git: ${why}`,
    remedy: 'Check the URL in a browser: a proxy or a sign-in page may stand in the way.',
    cause,
  };
}

export function pushRefused(url: string, ref: string, why: string): GitFailure {
  return {
    code: 'git-push-refused',
    kind: 'world',
    message: `${url} refuses to move ${ref}: ${why}`,
    remedy:
      'Ask who keeps the repository to let this account push it (branch and tag protection, rulesets, hooks).',
  };
}

export function deepeningUnsupported(): GitFailure {
  return {
    code: 'git-deepening-unsupported',
    kind: 'world',
    message: 'Older commits are fetched into a shallow clone by the git command, and there is none',
    remedy: 'Install Git, or clone the whole history (`fetch-depth: 0` of actions/checkout).',
  };
}
