/**
 * Whether one of some paths is met by filters as GitHub reads them: `*` stops at a slash, `**` does not, `?` and `+` are
 * about the character before, `[a-z]` is a set, and a filter that begins with `!` takes away what those before it met.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet
 */
export function meetsFilters(paths: readonly string[], filters: readonly string[]): boolean {
  const compiled = filters.map((filter) => {
    const negated = filter.startsWith('!');
    return { negated, pattern: patternOf(negated ? filter.slice(1) : filter) };
  });
  return paths.some((path) =>
    compiled.reduce((met, { negated, pattern }) => (pattern.test(path) ? !negated : met), false),
  );
}

function patternOf(filter: string): RegExp {
  let source = '';
  for (let i = 0; i < filter.length; i++) {
    const character = filter[i]!;
    if (filter.startsWith('**/', i)) {
      source += '(?:.*/)?';
      i += 2;
    } else if (filter.startsWith('**', i)) {
      source += '.*';
      i++;
    } else if (character === '*') source += '[^/]*';
    else if ((character === '?' || character === '+') && /[\w\])]$/.test(source)) source += character;
    else if (character === '[' && /^\[[\w-]+\]/.test(filter.slice(i))) {
      const end = filter.indexOf(']', i);
      source += filter.slice(i, end + 1);
      i = end;
    } else if (character === '\\' && i + 1 < filter.length) source += escaped(filter[++i]!);
    else source += escaped(character);
  }
  return new RegExp(`^${source}$`, 's');
}

function escaped(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');
}
