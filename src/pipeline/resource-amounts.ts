/** Thousandths of a core, from `2`, `0.5` or `250m`. */
export function millicores(text: string): number {
  return text.endsWith('m') ? Number(text.slice(0, -1)) : Math.round(Number(text) * 1000);
}

const unitBytes: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

/** Bytes, from `512Mi`. */
export function memoryBytes(text: string): number {
  return Number(text.slice(0, -2)) * unitBytes[text.slice(-2)]!;
}
