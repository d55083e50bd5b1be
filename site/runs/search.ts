import { cellKinds } from '@format';
import type { RunsTable } from './runs-table.ts';

/** Fields of the run itself that a search looks into, beside parameters, the matrix, tags and notes. */
const searched = ['id', 'pipeline', 'branch', 'commit', 'actor'];

/** The words of a search; what stands in double quotes is one. */
export function wordsOf(search: string): readonly string[] {
  const found = search.toLowerCase().matchAll(/"([^"]*)"?|[^\s"]+/g);
  return [...found].map(([word, quoted]) => quoted ?? word).filter((word) => word.trim() !== '');
}

/**
 * Takes out of `mask` the rows that lack a word: each of the words has to be somewhere in a run, whatever its case. Numbers
 * of parameters are found when they are the whole word.
 */
export function maskSearch(table: RunsTable, search: string, mask: Uint8Array): void {
  for (const word of wordsOf(search)) {
    const found = rowsWith(table, word);
    for (let row = 0; row < mask.length; row++) mask[row]! &= found[row]!;
  }
}

function rowsWith(table: RunsTable, word: string): Uint8Array {
  const found = new Uint8Array(table.count);
  for (const name of table.fields.keys()) {
    if (searched.includes(name) || name.startsWith('params.') || name.startsWith('matrix.')) {
      markColumn(table, name, word, found);
    }
  }
  for (const row of table.said) {
    const { tags, notes } = table.notesOf(row);
    const isIn = (text: string): boolean => text.toLowerCase().includes(word);
    if (tags.some(isIn) || notes.some(({ text }) => isIn(text))) found[row] = 1;
  }
  return found;
}

const known = new WeakMap<readonly string[], string[]>();

/** Texts of a column only grow: what was made before is right. */
function inLowerCase(texts: readonly string[]): readonly string[] {
  const lower = known.get(texts) ?? [];
  known.set(texts, lower);
  for (let i = lower.length; i < texts.length; i++) lower.push(texts[i]!.toLowerCase());
  return lower;
}

function markColumn(table: RunsTable, name: string, word: string, found: Uint8Array): void {
  const { kinds, values, texts } = table.column(name);
  const fits = new Uint8Array(texts.length);
  let anyText = false;
  const lower = inLowerCase(texts);
  for (let i = 0; i < lower.length; i++) {
    if (!lower[i]!.includes(word)) continue;
    fits[i] = 1;
    anyText = true;
  }
  const number = /^[-+.\d]/.test(word) && word !== '' ? Number(word) : Number.NaN;
  if (!anyText && Number.isNaN(number) && word !== 'true' && word !== 'false' && word !== 'null') return;
  const { isNumber, isText, isTrue, isFalse, isNull } = cellKinds;
  const kind = word === 'true' ? isTrue : word === 'false' ? isFalse : word === 'null' ? isNull : -1;
  for (let row = 0; row < found.length; row++) {
    const own = kinds[row];
    if (own === isText ? fits[values[row]!] === 1 : own === isNumber ? values[row] === number : own === kind)
      found[row] = 1;
  }
}
