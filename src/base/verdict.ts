/** What a rule says of a thing. Missing is not passing: what could not be judged is `inconclusive`, with a reason. */
export type Verdict = 'pass' | 'fail' | 'inconclusive';

/** The verdict of the whole: fails when one fails, passes only when all pass. */
export function worstVerdict(verdicts: Iterable<Verdict>): Verdict {
  let worst: Verdict = 'pass';
  for (const verdict of verdicts) {
    if (verdict === 'fail') return 'fail';
    if (verdict === 'inconclusive') worst = 'inconclusive';
  }
  return worst;
}
