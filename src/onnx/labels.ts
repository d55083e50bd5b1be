import type { OutlineNode } from './outline.ts';
import type { Span } from './wire.ts';
import { eachField, integersOf, lengthDelimited, textOf, varint } from './wire.ts';

/** Attributes of a node by name, as texts or integers: what class labels are written as. */
export function labelsAttribute(node: OutlineNode, name: string): string[] | undefined {
  for (const span of node.attributes) {
    const { bytes } = span;
    let found = '';
    eachField(span, (field, wire, start, end) => {
      if (field === 1 && wire === lengthDelimited) found = textOf({ bytes, start, end });
    });
    if (found !== name) continue;
    const labels: string[] = [];
    eachField(span, (field, wire, start, end) => {
      const part = { bytes, start, end };
      if (field === 8) for (const value of integersOf(part)) labels.push(String(value));
      if (field === 9 && wire === lengthDelimited) labels.push(textOf(part));
    });
    return labels;
  }
  return undefined;
}

/** The texts or integers of a constant tensor, when it is one of those. */
export function labelsConstant(span: Span): string[] {
  const { bytes } = span;
  let type = 0;
  const labels: string[] = [];
  const raw: Span[] = [];
  eachField(span, (field, wire, start, end, number) => {
    const part = { bytes, start, end };
    if (field === 2 && wire === varint) type = number;
    if (field === 5 || field === 7) for (const value of integersOf(part)) labels.push(String(value));
    if (field === 6 && wire === lengthDelimited) labels.push(textOf(part));
    if (field === 9 && wire === lengthDelimited) raw.push(part);
  });
  for (const { start, end } of raw) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
    const width = type === 7 ? 8 : type === 6 ? 4 : 0;
    for (let at = 0; width > 0 && at + width <= view.byteLength; at += width) {
      labels.push(String(width === 8 ? view.getBigInt64(at, true) : view.getInt32(at, true)));
    }
  }
  return labels;
}
