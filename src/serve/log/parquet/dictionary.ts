import type { Cells } from './cells.ts';

/** The distinct values of cells, in the order of their first appearance. */
export interface Dictionary {
  /** For each row, the place of its value; -1 where it is missing. */
  readonly places: Int32Array;
  /** For each value, the first row that has it. */
  readonly firsts: readonly number[];
  /** For each value, how many rows have it. */
  readonly counts: readonly number[];
}

/**
 * `undefined` as soon as values are seen to hardly repeat, unless there has to be one. The loops, one for each kind of cells,
 * are most of what the log costs: they take no detours.
 */
export function dictionaryOf(cells: Cells, isNeeded: boolean): Dictionary | undefined {
  switch (cells.kind) {
    case 'numbers':
      return numberDictionary(cells.values, isNeeded);
    case 'choices':
      return choiceDictionary(cells, isNeeded);
    case 'texts':
      return textDictionary(cells, isNeeded);
  }
}

export function rowsOf(cells: Cells): number {
  switch (cells.kind) {
    case 'numbers':
      return cells.values.length;
    case 'choices':
      return cells.places.length;
    case 'texts':
      return cells.starts.length;
  }
}

/** Of so few distinct values nobody can tell whether they repeat. */
const unclear = 1024;

function isHopeless(distinct: number, rows: number): boolean {
  return distinct > unclear + rows / 2;
}

/** Small integers, which most numbers that repeat are, have a place at hand. */
const smallNumbers = 4096;

function numberDictionary(values: Float64Array, isNeeded: boolean): Dictionary | undefined {
  const { places, firsts, counts } = emptyDictionary(values.length);
  const small = new Int32Array(smallNumbers).fill(-1);
  const others = new Map<number, number>();
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const index = value | 0;
    const isSmall = index === value && index >= 0 && index < smallNumbers;
    let place = isSmall ? small[index]! : (others.get(value) ?? -1);
    if (place < 0) {
      if (Number.isNaN(value)) continue;
      place = firsts.push(i) - 1;
      counts.push(0);
      if (isSmall) small[index] = place;
      else others.set(value, place);
      if (!isNeeded && isHopeless(firsts.length, i)) return undefined;
    }
    places[i] = place;
    counts[place]! += 1;
  }
  return { places, firsts, counts };
}

function choiceDictionary(
  { list, places: choices }: Cells & { kind: 'choices' },
  isNeeded: boolean,
): Dictionary | undefined {
  const { places, firsts, counts } = emptyDictionary(choices.length);
  const known = new Int32Array(list.length).fill(-1);
  for (let i = 0; i < choices.length; i++) {
    const choice = choices[i]!;
    if (choice < 0) continue;
    let place = known[choice]!;
    if (place < 0) {
      place = firsts.push(i) - 1;
      counts.push(0);
      known[choice] = place;
      if (!isNeeded && isHopeless(firsts.length, i)) return undefined;
    }
    places[i] = place;
    counts[place]! += 1;
  }
  return { places, firsts, counts };
}

/** One text of all bytes, of which each value is a piece: nothing is decoded, for equal bytes are equal pieces. */
function textDictionary(
  { bytes, starts, ends }: Cells & { kind: 'texts' },
  isNeeded: boolean,
): Dictionary | undefined {
  const { places, firsts, counts } = emptyDictionary(starts.length);
  const known = new Map<string, number>();
  const origin = starts.find((start) => start >= 0) ?? 0;
  const last = ends.reduce((a, b) => Math.max(a, b), origin);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', origin, last);
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i]!;
    if (start < 0) continue;
    const piece = text.slice(start - origin, ends[i]! - origin);
    let place = known.get(piece);
    if (place === undefined) {
      place = firsts.push(i) - 1;
      counts.push(0);
      known.set(piece, place);
      if (!isNeeded && isHopeless(firsts.length, i)) return undefined;
    }
    places[i] = place;
    counts[place]! += 1;
  }
  return { places, firsts, counts };
}

function emptyDictionary(rows: number): Dictionary & { firsts: number[]; counts: number[] } {
  return { places: new Int32Array(rows).fill(-1), firsts: [], counts: [] };
}
