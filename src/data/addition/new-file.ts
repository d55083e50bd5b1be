import { expandBraces, matchesPart, parsePathPattern } from '../glob.ts';

/**
 * The path of a new file that a glob of CSV files finds, with a name of its own in the place of the first star of the
 * last part: `data/*.csv` gives `data/received-0f3a.csv`. `undefined` when the glob does not say where it would be.
 */
export function newFileOf(pattern: string, name: string): string | undefined {
  for (const plain of expandBraces(pattern)) {
    const parts = parsePathPattern(plain);
    const written = plain.split('/').filter((part) => part !== '' && part !== '.');
    const last = parts.at(-1);
    if (last === undefined || written.length !== parts.length) continue;
    const folders = parts.slice(0, -1);
    if (folders.some(({ kind }) => kind === 'wildcard')) continue;
    const folder = written.slice(0, -1).filter((_, i) => folders[i]!.kind === 'literal');
    const file =
      last.kind === 'folders'
        ? `${name}.csv`
        : written
            .at(-1)!
            .replace('*', () => name)
            .replaceAll('*', '');
    const found = last.kind === 'folders' || (last.kind === 'wildcard' && matchesPart(last, file));
    if (found && /^[\w.-]+$/.test(file)) return [...folder, file].join('/');
  }
  return undefined;
}
