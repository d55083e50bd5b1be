import type { GitFailure } from '../failures.ts';
import { oneLine, withoutSecrets } from './address.ts';
import { remoteBroken, remoteDenied, remoteNotFound, remoteUnreachable } from './failures.ts';

/** Reasons of a refused ref that mean: it was not what was expected, or somebody else holds it right now. */
const races =
  /stale info|fetch first|non-fast-forward|already exists|cannot lock ref|atomic (push|transaction)|remote ref updated|incorrect old value|expected old|needs force|but expected|remote ref does not exist|unable to resolve reference|reference not found/i;

/** Reasons that can be a race or not: only a look at the refs tells. */
const unclear = /failed to update ref|failed to write|transaction (failed|aborted)|internal error/i;

export function meansRace(reason: string): boolean {
  return races.test(reason);
}

export function mayMeanRace(reason: string): boolean {
  return races.test(reason) || unclear.test(reason);
}

/** What the standard error of `git` says about a remote that could not be talked to. */
export function remoteFailure(url: string, stderr: string): GitFailure {
  const text = withoutSecrets(stderr);
  const lines = text.split('\n').map((line) => line.trim());
  const telling = lines.filter((line) => /^(fatal|error|remote|ssh|ERROR)\b|denied|failed/i.test(line));
  const why = oneLine(
    (telling.length > 0 ? telling : lines.filter((line) => line !== '')).slice(0, 3).join(' '),
  );
  if (
    /authentication failed|could not read (username|password)|returned error: 40[13]|permission( to \S+)? denied|terminal prompts disabled|access denied|host key verification failed|http 40[13]|requires authentication/i.test(
      text,
    )
  ) {
    return remoteDenied(url, why);
  }
  if (
    /repository .*not found|does not appear to be a git repository|returned error: 404|not a git repository|no such remote|no such file or directory/i.test(
      text,
    )
  ) {
    return remoteNotFound(url, why);
  }
  if (
    /bad line length|protocol error|unexpected flush|not valid: is this a git repository|invalid pack|bad pack|index-pack|unpack|invalid refspec|malformed/i.test(
      text,
    )
  ) {
    return remoteBroken(url, why);
  }
  return remoteUnreachable(url, why === '' ? 'the connection ended' : why);
}
