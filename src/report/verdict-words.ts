import type { Verdict } from '../base/index.ts';
import type { RunRecord } from '../runs/index.ts';
import type { Span } from './document.ts';
import { span } from './document.ts';

/** `✓`, `✗` or `?`, for the beginning of a line. */
export function verdictMark(verdict: Verdict): Span {
  switch (verdict) {
    case 'pass':
      return span('✓', 'good');
    case 'fail':
      return span('✗', 'bad');
    case 'inconclusive':
      return span('?', 'doubtful');
  }
}

export function verdictSpan(verdict: Verdict): Span {
  switch (verdict) {
    case 'pass':
      return span('pass', 'good');
    case 'fail':
      return span('fail', 'bad');
    case 'inconclusive':
      return span('inconclusive', 'doubtful');
  }
}

/** What became of a run in one word, the worst thing first: a run that failed has no verdict to speak of. */
export function endingOf(run: Pick<RunRecord, 'status' | 'verdict'>): Span {
  switch (run.status) {
    case 'failed':
      return run.verdict === 'fail' ? verdictSpan('fail') : span('failed', 'bad');
    case 'cancelled':
      return span('cancelled', 'doubtful');
    case 'succeeded':
      return verdictSpan(run.verdict);
  }
}

/** The same for the beginning of a line, with a mark. */
export function endingMark(run: Pick<RunRecord, 'status' | 'verdict'>): Span {
  if (run.status === 'cancelled') return verdictMark('inconclusive');
  return verdictMark(run.status === 'failed' ? 'fail' : run.verdict);
}
