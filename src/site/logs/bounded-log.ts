/** In characters. What went wrong stands at the end of a log, what was asked for at its beginning. */
const head = 32 * 1024;
const tail = 96 * 1024;

/** A log as a page shows it: cut in the middle, between lines where it has any. */
export function boundedLog(text: string): { readonly text: string; readonly isCut: boolean } {
  if (text.length <= head + tail) return { text, isCut: false };
  const lineBefore = text.lastIndexOf('\n', head - 1) + 1;
  const end = lineBefore > head / 2 ? lineBefore : head;
  const lineAfter = text.indexOf('\n', text.length - tail) + 1;
  const start = lineAfter > 0 && lineAfter < text.length - tail / 2 ? lineAfter : text.length - tail;
  const middle = text.slice(end, start);
  const lines = middle.split('\n').length - 1;
  const left = lines > 0 ? `${lines} lines` : `${middle.length} characters`;
  return { text: `${text.slice(0, end)}… (${left} left out here)\n${text.slice(start)}`, isCut: true };
}
