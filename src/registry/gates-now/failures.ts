import type { Failure } from '../../base/index.ts';

export function judgingCancelled(): Failure<'registry-judging-cancelled'> {
  return {
    code: 'registry-judging-cancelled',
    kind: 'world',
    message: 'The judging of the gates was interrupted, so nothing was decided',
    remedy: 'Start the command again.',
  };
}
