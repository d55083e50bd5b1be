/** Characters in which a mistake is looked for: it is found or not before anybody has to wait. */
const farthest = 262_144;

const blanks = /[ \t\r\n]*/y;
const value =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a text of JSON cannot hold.
  /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|"(?:[^"\\\u0000-\u001f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"/y;

/** Where a text stops to be JSON, as line and column from 1; `undefined` when it is JSON, or the place is too far away. */
export function jsonMistake(text: string): { readonly line: number; readonly column: number } | undefined {
  const at = mistakeAt(text);
  if (at === undefined || at > farthest) return undefined;
  const before = text.slice(0, at);
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') };
}

type Awaited = 'value' | 'value or ]' | 'name' | 'name or }' | ':' | ', or end';

function mistakeAt(text: string): number | undefined {
  const open: string[] = [];
  let awaited: Awaited = 'value';
  let i = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = i;
    if (!pattern.test(text)) return false;
    i = pattern.lastIndex;
    return true;
  };
  while (i <= farthest) {
    skip(blanks);
    const character = text[i];
    if (awaited === ', or end') {
      const last = open.at(-1);
      if (last === undefined) return character === undefined ? undefined : i;
      if (character === last) open.pop();
      else if (character === ',') awaited = last === '}' ? 'name' : 'value';
      else return i;
      i++;
    } else if (awaited === ':') {
      if (character !== ':') return i;
      awaited = 'value';
      i++;
    } else if (character === open.at(-1) && (awaited === 'value or ]' || awaited === 'name or }')) {
      open.pop();
      awaited = ', or end';
      i++;
    } else if (awaited === 'name' || awaited === 'name or }') {
      if (character !== '"' || !skip(value)) return i;
      awaited = ':';
    } else if (character === '{' || character === '[') {
      open.push(character === '{' ? '}' : ']');
      awaited = character === '{' ? 'name or }' : 'value or ]';
      i++;
    } else if (skip(value)) awaited = ', or end';
    else return i;
  }
  return undefined;
}
