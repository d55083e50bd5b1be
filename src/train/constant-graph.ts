import type { GraphBuilder } from '../onnx/index.ts';

/** The same row of doubles (`row`, a constant [1, n]) for every row of `input`, whatever is in it: [rows, n]. */
export function repeatRow(graph: GraphBuilder, input: string, row: string, width: number): string {
  const shape = graph.node('Shape', [input], {
    attributes: { start: { kind: 'int', value: 0 }, end: { kind: 'int', value: 1 } },
  })[0]!;
  const columns = graph.constant('width', { type: 'int64', dims: [1], values: [width] });
  const target = graph.node('Concat', [shape, columns], {
    attributes: { axis: { kind: 'int', value: 0 } },
  })[0]!;
  return graph.node('Expand', [row, target])[0]!;
}
