import { randomBytes } from 'node:crypto';

/** Safe in headers, in JSON without escapes, in logs and in names of files: no quote, backslash, blank or control. */
const plain = /^[A-Za-z0-9._:+/=-]{1,128}$/;

/** The name that a request brings, when it is one that can be passed on as it is. */
export function broughtId(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' && plain.test(header) ? header : undefined;
}

/** Unique names, cheap to make: random for the process, then counted. */
export function requestIds(): () => string {
  const prefix = randomBytes(9).toString('base64url');
  let count = 0;
  return () => `${prefix}-${(count++).toString(36)}`;
}
