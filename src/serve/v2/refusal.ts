import type { Failed } from '../../base/index.ts';
import { failed } from '../../base/index.ts';
import type { ServeFailure } from '../failures.ts';
import { serveFailure } from '../failures.ts';
import { failureHeaders } from '../http/failure-reply.ts';
import type { HttpReply } from '../http/message.ts';

/** A request that the protocol does not allow. */
export function refused(message: string): Failed<ServeFailure> {
  return failed(serveFailure('serve-request-shape', message));
}

const problemsShown = 5;

/**
 * A failure as the protocol says it: `{"error": string}`. What the simple way answers with 422 is 400 here, as in Triton:
 * it knows no other status for requests that cannot be answered.
 */
export function refusalReply(failure: ServeFailure): HttpReply {
  const { code, message, problems, status } = failure;
  return {
    status: status === 422 ? 400 : status,
    type: 'application/json',
    body: JSON.stringify({ error: problems === undefined ? message : problemsText(problems) }),
    code,
    headers: failureHeaders(failure),
  };
}

function problemsText(problems: NonNullable<ServeFailure['problems']>): string {
  const shown = problems.slice(0, problemsShown).map(({ row, column, expected }) => {
    const where = column === undefined ? `row ${row}` : `input ${column}, row ${row}`;
    return `${where}: expected ${expected}`;
  });
  const more = problems.length - shown.length;
  return `${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}
