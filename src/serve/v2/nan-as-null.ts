const quote = 0x22;
const backslash = 0x5c;
const capitalN = 0x4e;

/**
 * A text of JSON with `null` for each NaN that stands outside of its strings. One pass, whatever the text is: a pattern
 * over strings would begin anew at each quote of one that never ends.
 */
export function nanAsNull(text: string): string {
  const parts: string[] = [];
  let kept = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (inString) {
      if (unit === backslash) i++;
      else if (unit === quote) inString = false;
    } else if (unit === quote) inString = true;
    else if (unit === capitalN && text.startsWith('NaN', i)) {
      parts.push(text.slice(kept, i), 'null');
      kept = i + 3;
      i += 2;
    }
  }
  return parts.join('') + text.slice(kept);
}
