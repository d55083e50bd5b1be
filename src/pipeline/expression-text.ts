/** A piece of a text that may hold `${{ }}`: literal text, or the inside of an expression. */
export type Segment =
  | { readonly kind: 'text'; readonly text: string; readonly offset: number }
  | { readonly kind: 'expression'; readonly text: string; readonly offset: number }
  /** `${{` without its `}}`. */
  | { readonly kind: 'open'; readonly text: string; readonly offset: number };

/**
 * Cuts a text into literal pieces and expressions. `}}` inside of a quoted text of an expression does not end it.
 * Offsets are of the piece's own first character; for an expression, of the first one after `${{`.
 */
export function segmentsOf(text: string): readonly Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  while (at < text.length) {
    const start = text.indexOf('${{', at);
    if (start < 0) break;
    if (start > at) segments.push({ kind: 'text', text: text.slice(at, start), offset: at });
    const end = endOfExpression(text, start + 3);
    if (end === undefined) {
      segments.push({ kind: 'open', text: text.slice(start), offset: start });
      return segments;
    }
    segments.push({ kind: 'expression', text: text.slice(start + 3, end), offset: start + 3 });
    at = end + 2;
  }
  if (at < text.length) segments.push({ kind: 'text', text: text.slice(at), offset: at });
  return segments;
}

export function hasExpression(value: unknown): value is string {
  return typeof value === 'string' && value.includes('${{');
}

/**
 * The expression of an `if`, which may stand alone or in one `${{ }}`; `undefined` when it mixes text and expressions.
 */
export function conditionExpression(text: string): { text: string; offset: number } | undefined {
  if (!text.includes('${{')) return { text, offset: 0 };
  const segments = segmentsOf(text).filter((s) => s.kind !== 'text' || s.text.trim() !== '');
  const only = segments[0];
  return segments.length === 1 && only?.kind === 'expression' ? only : undefined;
}

function endOfExpression(text: string, start: number): number | undefined {
  let quoted = false;
  for (let i = start; i < text.length; i++) {
    if (text[i] === "'") quoted = !quoted;
    else if (!quoted && text.startsWith('}}', i)) return i;
  }
  return undefined;
}
