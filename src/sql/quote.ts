/** A name of a table or column as SQL writes it, whatever characters it has. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as an SQL literal. DuckDB has no escapes inside plain literals, so only the quote itself is doubled. */
export function quoteText(text: string): string {
  if (text.includes('\0')) {
    return text
      .split('\0')
      .map((part) => `'${part.replaceAll("'", "''")}'`)
      .join(' || chr(0) || ');
  }
  return `'${text.replaceAll("'", "''")}'`;
}

/** A path that means one file: DuckDB takes `*`, `?` and `[` in it for a pattern. */
export function literalPath(path: string): string {
  return path.replace(/[*?[]/g, '[$&]');
}

/** A list of texts: `['a', 'b']`. */
export function quoteTexts(texts: readonly string[]): string {
  return `[${texts.map(quoteText).join(', ')}]`;
}
