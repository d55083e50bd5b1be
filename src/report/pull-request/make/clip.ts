/** A text of at most so many UTF-16 units, which is what JSON Schema's limit is surely below; the cut is shown. */
export function clipped(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = text.codePointAt(most - 2)! > 0xffff ? most - 2 : most - 1;
  return `${text.slice(0, end)}…`;
}

/** A name or a value. */
export function short(text: string): string {
  return clipped(text, 120);
}

/** A sentence. */
export function long(text: string): string {
  return clipped(text, 600);
}

/** The first of many. */
export function first<T>(list: readonly T[], most: number): readonly T[] {
  return list.length <= most ? list : list.slice(0, most);
}
