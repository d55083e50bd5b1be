/** Keys of one page of a list; what S3 gives at most. */
export const pageSize = 1000;

/** The order of keys in S3: of their bytes in UTF-8. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
