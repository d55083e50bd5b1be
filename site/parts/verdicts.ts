/** A shape and a colour of its own for each meaning, so that neither is needed alone. */
export type Look = 'good' | 'reused' | 'bad' | 'doubtful' | 'stopped' | 'quiet';

const looks: Readonly<Record<string, Look>> = {
  pass: 'good',
  succeeded: 'good',
  ran: 'good',
  cached: 'reused',
  fail: 'bad',
  failed: 'bad',
  rejected: 'bad',
  inconclusive: 'doubtful',
  cancelled: 'stopped',
  skipped: 'quiet',
};

/** What a newer version says, nobody knows here: it is shown quietly. */
export function lookOf(said: string): Look {
  return Object.hasOwn(looks, said) ? looks[said]! : 'quiet';
}

/** As people say it. */
export function wordOf(said: string): string {
  switch (said) {
    case 'cached':
      return 're-used';
    case 'rejected':
      return 'says no';
    default:
      return said;
  }
}

/** What became of a run in one word, the worst thing first: a run that failed has no verdict to speak of. */
export function endingOf(run: { readonly status: string; readonly verdict: string }): string {
  if (run.status === 'failed') return run.verdict === 'fail' ? 'fail' : 'failed';
  return run.status === 'cancelled' ? 'cancelled' : run.verdict;
}
