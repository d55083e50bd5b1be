/** What a JSON text may be before it is parsed: parsers take time and memory for every part. */
export interface ShapeLimits {
  readonly depth: number;
  /** Items of the outermost array. */
  readonly rows: number;
  /** Commas and brackets inside of one of them: two for each member that is a scalar, about. */
  readonly parts: number;
}

export type JsonShape =
  | { readonly kind: 'fits' /** Of all objects together. */; readonly members: number }
  | { readonly kind: 'too deep' }
  | { readonly kind: 'too many rows' }
  | { readonly kind: 'too many parts'; readonly row: number };

const quote = 0x22;
const backslash = 0x5c;

/**
 * How deep and how large a JSON text is, in one pass that ends at the first limit; anything for a text that is no JSON.
 * An array of millions of empty objects is as many objects to make before anybody could count them.
 */
export function jsonShape(text: string, limits: ShapeLimits): JsonShape {
  let members = 0;
  let depth = 0;
  let row = 0;
  let parts = 0;
  const isList = /^[ \t\r\n]*\[/.test(text);
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case quote:
        i = endOfString(text, i);
        break;
      case 0x3a: // :
        members++;
        break;
      case 0x2c: // ,
        if (isList && depth === 1) {
          if (++row >= limits.rows) return { kind: 'too many rows' };
          parts = 0;
        } else if (++parts > limits.parts) return { kind: 'too many parts', row };
        break;
      case 0x5b: // [
      case 0x7b: // {
        if (++depth > limits.depth) return { kind: 'too deep' };
        if (++parts > limits.parts) return { kind: 'too many parts', row };
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
        break;
      default:
    }
  }
  return { kind: 'fits', members };
}

/** Where the string ends that begins at `start`. */
export function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end > 0) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === backslash) escapes++;
    if (escapes % 2 === 0) return end;
    end = text.indexOf('"', end + 1);
  }
  return text.length;
}
