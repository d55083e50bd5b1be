import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GraphBox, GraphEdge } from '../../../site/parts/graph/layered-layout.ts';
import { layOutGraph } from '../../../site/parts/graph/layered-layout.ts';

const box = (id: string, height = 40): GraphBox => ({ id, width: 100, height });

describe('the layout of a graph', () => {
  it('puts each box right of all that it needs', () => {
    const { boxes } = layOutGraph(
      ['gates', 'train', 'validate', 'evaluate'].map((id) => box(id)),
      [
        ['validate', 'train'],
        ['train', 'evaluate'],
        ['evaluate', 'gates'],
      ],
    );
    const order = [...boxes].toSorted(([, a], [, b]) => a.x - b.x).map(([id]) => id);
    expect(order).toEqual(['validate', 'train', 'evaluate', 'gates']);
    expect(new Set([...boxes.values()].map(({ y }) => y)).size).toBe(1);
  });

  it('leaves out edges that follow from others, circles, and ends that are not there', () => {
    const { edges } = layOutGraph(
      ['a', 'b', 'c'].map((id) => box(id)),
      [
        ['a', 'b'],
        ['b', 'c'],
        ['a', 'c'],
        ['c', 'a'],
        ['b', 'b'],
        ['nobody', 'c'],
        ['a', 'b'],
      ],
    );
    expect(edges.length).toBe(2);
  });

  it('has no boxes over each other, no edges to the left, and says the same twice', () => {
    const graphs = fc.integer({ min: 0, max: 40 }).chain((size) =>
      fc.record({
        heights: fc.array(fc.integer({ min: 10, max: 200 }), { minLength: size, maxLength: size }),
        edges: fc.array(fc.tuple(fc.nat(Math.max(0, size)), fc.nat(Math.max(0, size))), { maxLength: 120 }),
      }),
    );
    fc.assert(
      fc.property(graphs, ({ heights, edges }) => {
        const boxes = heights.map((height, i) => box(`s${i}`, height));
        const wanted = edges.map(([a, b]): GraphEdge => [`s${a}`, `s${b}`]);
        const placed = layOutGraph(boxes, wanted);
        for (const { from, to } of placed.edges) {
          expect(placed.boxes.get(from)!.layer).toBeLessThan(placed.boxes.get(to)!.layer);
        }
        for (const a of boxes) {
          const at = placed.boxes.get(a.id)!;
          expect(at.y).toBeGreaterThanOrEqual(0);
          expect(at.y + a.height).toBeLessThanOrEqual(placed.height + 0.1);
          expect(at.x + a.width).toBeLessThanOrEqual(placed.width);
          for (const b of boxes) {
            const other = placed.boxes.get(b.id)!;
            if (a === b || at.layer !== other.layer || other.y < at.y) continue;
            expect(other.y - at.y).toBeGreaterThanOrEqual(a.height);
          }
        }
        expect(layOutGraph(boxes, wanted)).toEqual(placed);
      }),
      { numRuns: 200 },
    );
  });

  it('lays out two thousand steps in a chain and three hundred side by side', () => {
    const chain = Array.from({ length: 2000 }, (_, i) => box(`s${i}`));
    const next = chain.slice(1).map(({ id }, i): GraphEdge => [`s${i}`, id]);
    expect(layOutGraph(chain, next).edges.length).toBe(1999);
    const wide = Array.from({ length: 300 }, (_, i) => box(`s${i}`));
    const { height } = layOutGraph(
      wide,
      wide.slice(1).map(({ id }): GraphEdge => ['s0', id]),
    );
    expect(height).toBe(299 * 40 + 298 * 18);
  });
});
