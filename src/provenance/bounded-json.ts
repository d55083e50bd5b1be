import type { Json } from '../base/index.ts';

/** A bundle that speaks of a thousand files has some 300 kB. */
export const mostBytesOfBundle: number = 4 * 1024 * 1024;
/** A record names every file of its datasets. */
export const mostBytesOfRecord: number = 64 * 1024 * 1024;

const deepest = 64;

export type BoundedJson =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly problem: string };

/** JSON that strangers wrote: UTF-8, of bounded length, at most 64 levels deep. */
export function readBoundedJson(bytes: Uint8Array, mostBytes: number): BoundedJson {
  if (bytes.length > mostBytes) return no(`it has ${bytes.length} bytes, and ${mostBytes} are allowed`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return no('it is not UTF-8');
  }
  if (isTooDeep(text)) return no(`it is nested more than ${deepest} levels deep`);
  try {
    return { ok: true, value: JSON.parse(text) as Json };
  } catch {
    return no('it is not JSON');
  }
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  let inText = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (inText) {
      if (c === 0x5c) i++;
      else if (c === 0x22) inText = false;
    } else if (c === 0x22) inText = true;
    else if (c === 0x7b || c === 0x5b) {
      if (++depth > deepest) return true;
    } else if (c === 0x7d || c === 0x5d) depth--;
  }
  return false;
}

function no(problem: string): BoundedJson {
  return { ok: false, problem };
}
