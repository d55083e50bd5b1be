/** Edges of a directed graph: each node with the nodes that it needs. */
export type Needs = ReadonlyMap<string, readonly string[]>;

/**
 * The nodes so that each comes after what it needs; among nodes that are free to go, the order of the map is kept.
 * Needs that are not nodes of the map are ignored: the caller reports them.
 */
export function topologicalOrder(needs: Needs): {
  readonly order: readonly string[];
  readonly cycles: readonly (readonly string[])[];
} {
  const state = new Map<string, 'open' | 'done'>();
  const order: string[] = [];
  const cycles: string[][] = [];
  const path: string[] = [];
  const visit = (start: string): void => {
    const stack: { node: string; next: number }[] = [{ node: start, next: 0 }];
    state.set(start, 'open');
    path.push(start);
    while (stack.length > 0) {
      const frame = stack.at(-1)!;
      const need = needs.get(frame.node)?.[frame.next++];
      if (need === undefined) {
        if (frame.next > (needs.get(frame.node)?.length ?? 0)) {
          state.set(frame.node, 'done');
          order.push(frame.node);
          path.pop();
          stack.pop();
        }
        continue;
      }
      if (!needs.has(need)) continue;
      const seen = state.get(need);
      if (seen === 'open') cycles.push(path.slice(path.indexOf(need)));
      if (seen !== undefined) continue;
      state.set(need, 'open');
      path.push(need);
      stack.push({ node: need, next: 0 });
    }
  };
  for (const node of needs.keys()) if (!state.has(node)) visit(node);
  return { order, cycles };
}
