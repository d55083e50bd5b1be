import { placeLayers } from './place-layers.ts';

/** A box of a graph; measures in pixels. */
export interface GraphBox {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

export type GraphEdge = readonly [from: string, to: string];

export interface PlacedGraph {
  readonly width: number;
  readonly height: number;
  /** Left upper corners. */
  readonly boxes: ReadonlyMap<string, { readonly x: number; readonly y: number; readonly layer: number }>;
  readonly edges: readonly { readonly from: string; readonly to: string; readonly path: string }[];
}

/** Between layers; room for the arrows. */
const across = 32;

/** More edges than these are not thinned out: it takes their square in time. */
const mostBoxesToThin = 1500;

/**
 * A directed graph from left to right in layers (Sugiyama, Tagawa and Toda 1981): each box right of all that it needs,
 * boxes of a layer ordered by their neighbours, long edges led between the boxes. Edges that follow from others, that go
 * to nobody or close a circle are left out. The same graph gives the same drawing.
 */
export function layOutGraph(boxes: readonly GraphBox[], edges: readonly GraphEdge[]): PlacedGraph {
  const place = new Map(boxes.map(({ id }, i) => [id, i]));
  const needs = directNeeds(withoutCircles(needsOf(boxes.length, place, edges)));
  const layers = layersOf(needs);
  const { tops, points } = placeLayers({ heights: boxes.map(({ height }) => height), layers, needs });
  const widths: number[] = [];
  layers.forEach((layer, i) => {
    widths[layer] = Math.max(widths[layer] ?? 0, boxes[i]!.width);
  });
  const lefts: number[] = [];
  widths.reduce((x, width, layer) => {
    lefts[layer] = x;
    return x + width + across;
  }, 0);
  const right = (i: number): number => lefts[layers[i]!]! + boxes[i]!.width;
  const middle = (i: number): number => tops[i]! + boxes[i]!.height / 2;
  const drawn = needs.flatMap((from, to) =>
    from.map((need) => {
      let path = `M${right(need)} ${round(middle(need))}`;
      let [x, y] = [right(need), middle(need)];
      const curve = (toX: number, toY: number): void => {
        // Bends only between the layers, where there are no boxes.
        const start = Math.max(x, toX - across);
        const half = (start + toX) / 2;
        path += `H${start}C${half} ${round(y)} ${half} ${round(toY)} ${toX} ${round(toY)}`;
        [x, y] = [toX, toY];
      };
      for (const { layer, middle: at } of points.get(`${need} ${to}`) ?? []) {
        curve(lefts[layer]!, at);
        path += `H${lefts[layer]! + widths[layer]!}`;
        x = lefts[layer]! + widths[layer]!;
      }
      curve(lefts[layers[to]!]!, middle(to));
      return { from: boxes[need]!.id, to: boxes[to]!.id, path };
    }),
  );
  const last = widths.length - 1;
  return {
    width: last < 0 ? 0 : lefts[last]! + widths[last]!,
    height: boxes.reduce((most, { height }, i) => Math.max(most, tops[i]! + height), 0),
    boxes: new Map(
      boxes.map(({ id }, i) => [id, { x: lefts[layers[i]!]!, y: round(tops[i]!), layer: layers[i]! }]),
    ),
    edges: drawn,
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function needsOf(
  size: number,
  place: ReadonlyMap<string, number>,
  edges: readonly GraphEdge[],
): readonly (readonly number[])[] {
  const needs = Array.from({ length: size }, () => new Set<number>());
  for (const [from, to] of edges) {
    const [a, b] = [place.get(from), place.get(to)];
    if (a !== undefined && b !== undefined && a !== b) needs[b]!.add(a);
  }
  return needs.map((each) => [...each].sort((a, b) => a - b));
}

/** Records are not trusted to have none. A walk without recursion: chains may be long. */
function withoutCircles(needs: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const state = new Uint8Array(needs.length);
  const kept: number[][] = needs.map(() => []);
  for (let start = 0; start < needs.length; start++) {
    if (state[start] !== 0) continue;
    const walk = [{ at: start, next: 0 }];
    state[start] = 1;
    while (walk.length > 0) {
      const step = walk.at(-1)!;
      const need = needs[step.at]![step.next++];
      if (need === undefined) {
        state[step.at] = 2;
        walk.pop();
      } else if (state[need] !== 1) {
        kept[step.at]!.push(need);
        if (state[need] === 0) {
          state[need] = 1;
          walk.push({ at: need, next: 0 });
        }
      }
    }
  }
  return kept;
}

/** Without those that another need has already. */
function directNeeds(needs: readonly (readonly number[])[]): readonly (readonly number[])[] {
  if (needs.length > mostBoxesToThin) return needs;
  const reach: Set<number>[] = [];
  for (const at of inOrder(needs)) {
    reach[at] = new Set(needs[at]!.flatMap((need) => [need, ...reach[need]!]));
  }
  return needs.map((each) =>
    each.filter((need) => !each.some((other) => other !== need && reach[other]!.has(need))),
  );
}

/** One after all that it needs. */
function inOrder(needs: readonly (readonly number[])[]): readonly number[] {
  const open = needs.map((each) => each.length);
  const users: number[][] = needs.map(() => []);
  needs.forEach((each, at) => {
    for (const need of each) users[need]!.push(at);
  });
  const order = open.flatMap((count, at) => (count === 0 ? [at] : []));
  for (let i = 0; i < order.length; i++) {
    for (const user of users[order[i]!]!) if (--open[user]! === 0) order.push(user);
  }
  return order;
}

/** The layer of a box: the longest way to it. */
function layersOf(needs: readonly (readonly number[])[]): readonly number[] {
  const layers = new Array<number>(needs.length).fill(0);
  for (const at of inOrder(needs)) {
    layers[at] = needs[at]!.reduce((most, need) => Math.max(most, layers[need]! + 1), 0);
  }
  return layers;
}
