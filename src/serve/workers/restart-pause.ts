/** Milliseconds after which a process counts as one that started well. */
const livedWell = 30_000;
const firstPause = 100;
const longestPause = 10_000;

/** How long to wait before a process that died is started again: twice as long for each that died early in a row. */
export function restartPause(
  early: number,
  lived: number,
): { readonly pause: number; readonly early: number } {
  if (lived >= livedWell) return { pause: firstPause, early: 0 };
  return { pause: Math.min(longestPause, firstPause * 2 ** early), early: Math.min(early + 1, 16) };
}
