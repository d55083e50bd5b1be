/**
 * The filters of `on:`. `*` stops at a slash, `**` does not, `?` and `+` repeat the character before them, `[]` is a
 * class; a pattern that begins with `!` takes back, and the last one that matches decides.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet
 */
export function matchesFilter(patterns: readonly string[], name: string): boolean {
  let matched = false;
  for (const pattern of patterns) {
    const negative = pattern.startsWith('!');
    if (filterExpression(negative ? pattern.slice(1) : pattern).test(name)) matched = !negative;
  }
  return matched;
}

function filterExpression(pattern: string): RegExp {
  let source = '';
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!;
    if (character === '\\') source += escaped(pattern[++i] ?? '\\');
    else if (pattern.startsWith('**/', i)) {
      source += '(?:.*/)?';
      i += 2;
    } else if (pattern.startsWith('**', i)) {
      source += '.*';
      i += 1;
    } else if (character === '*') source += '[^/]*';
    else if (character === '?' || character === '+') source += character;
    else if (character === '[') {
      const end = pattern.indexOf(']', i);
      if (end < 0) throw new Error(`the filter ${pattern} opens a class and does not close it`);
      source += pattern.slice(i, end + 1);
      i = end;
    } else source += escaped(character);
  }
  return new RegExp(`^${source}$`);
}

/** The globs of `hashFiles` and of artifacts' paths: the syntax of minimatch that workflows use. */
export function globExpression(pattern: string): RegExp {
  let source = '';
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!;
    if (pattern.startsWith('**/', i)) {
      source += '(?:.*/)?';
      i += 2;
    } else if (pattern.startsWith('**', i)) {
      source += '.*';
      i += 1;
    } else if (character === '*') source += '[^/]*';
    else if (character === '?') source += '[^/]';
    else if (character === '[' && pattern.includes(']', i)) {
      const end = pattern.indexOf(']', i);
      source += `[${pattern.slice(i + 1, end).replace(/^!/, '^')}]`;
      i = end;
    } else source += escaped(character);
  }
  return new RegExp(`^${source}$`);
}

function escaped(character: string): string {
  return character.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
