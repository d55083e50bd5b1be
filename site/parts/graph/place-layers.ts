/** Between boxes of a layer, and between the edges that pass them. */
const gap = 18;
const thread = 10;
const sweeps = 8;

export interface Layered {
  readonly heights: readonly number[];
  /** Of each box. */
  readonly layers: readonly number[];
  /** Of each box: the boxes that it needs, all in earlier layers. */
  readonly needs: readonly (readonly number[])[];
}

export interface PlacedLayers {
  readonly tops: readonly number[];
  /** Where edges pass the layers between their ends: by `from to`, from left to right. */
  readonly points: ReadonlyMap<string, readonly { readonly layer: number; readonly middle: number }[]>;
}

/** A box, or a place where an edge passes a layer. */
interface Item {
  readonly box: number | undefined;
  readonly height: number;
  readonly before: Item[];
  readonly after: Item[];
  order: number;
  top: number;
}

/** Places the boxes of each layer below each other: near their neighbours, with few crossings. */
export function placeLayers({ heights, layers, needs }: Layered): PlacedLayers {
  const item = (box: number | undefined, height: number): Item => ({
    box,
    height,
    before: [],
    after: [],
    order: 0,
    top: 0,
  });
  const columns: Item[][] = [];
  const boxes = heights.map((height, i) => {
    const made = item(i, height);
    const layer = layers[i]!;
    columns[layer] ??= [];
    columns[layer].push(made);
    return made;
  });
  const passes = new Map<string, { layer: number; item: Item }[]>();
  needs.forEach((each, to) => {
    for (const from of each) {
      let last = boxes[from]!;
      const passing: { layer: number; item: Item }[] = [];
      for (let layer = layers[from]! + 1; layer < layers[to]!; layer++) {
        const point = item(undefined, 0);
        join(last, point);
        columns[layer]!.push(point);
        passing.push({ layer, item: point });
        last = point;
      }
      join(last, boxes[to]!);
      if (passing.length > 0) passes.set(`${from} ${to}`, passing);
    }
  });
  order(columns);
  align(columns);
  const top = Math.min(...columns.flat().map((each) => each.top), Number.POSITIVE_INFINITY);
  return {
    tops: boxes.map((each) => each.top - top),
    points: new Map(
      [...passes].map(([key, points]) => [
        key,
        points.map(({ layer, item: { top: at } }) => ({ layer, middle: at - top })),
      ]),
    ),
  };
}

function join(from: Item, to: Item): void {
  from.after.push(to);
  to.before.push(from);
}

/** To the right and back: each item to the mean place of its neighbours in the layer before. */
function order(columns: readonly Item[][]): void {
  const number = (column: Item[]): void => {
    column.forEach((each, i) => {
      each.order = i;
    });
  };
  columns.forEach(number);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const isForward = sweep % 2 === 0;
    for (const column of isForward ? columns : columns.toReversed()) {
      const wish = new Map(
        column.map((each) => {
          const near = isForward ? each.before : each.after;
          return [each, near.length === 0 ? each.order : mean(near.map((one) => one.order))];
        }),
      );
      column.sort((a, b) => wish.get(a)! - wish.get(b)! || a.order - b.order);
      number(column);
    }
  }
}

function align(columns: readonly Item[][]): void {
  for (const column of columns) settle(column, () => 0);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const isForward = sweep % 2 === 0;
    for (const column of isForward ? columns : columns.toReversed()) {
      settle(column, (each) => {
        const near = isForward ? each.before : each.after;
        return near.length === 0 ? each.top + each.height / 2 : mean(near.map(middle));
      });
    }
  }
}

/**
 * As near to the wished middles as the order and the gaps allow, by least squares: items that would overlap move as one
 * (pool adjacent violators, Ayer et al. 1955).
 */
function settle(column: readonly Item[], wish: (each: Item) => number): void {
  const pools: { sum: number; count: number }[] = [];
  let offset = 0;
  const offsets: number[] = [];
  column.forEach((each, i) => {
    if (i > 0) {
      const before = column[i - 1]!;
      offset += before.height + (before.box === undefined && each.box === undefined ? thread : gap);
    }
    offsets.push(offset);
    pools.push({ sum: wish(each) - each.height / 2 - offset, count: 1 });
    for (;;) {
      const [last, earlier] = [pools.at(-1)!, pools.at(-2)];
      if (earlier === undefined || earlier.sum / earlier.count <= last.sum / last.count) break;
      earlier.sum += last.sum;
      earlier.count += last.count;
      pools.pop();
    }
  });
  let i = 0;
  for (const { sum, count } of pools) {
    for (let n = 0; n < count; n++, i++) column[i]!.top = sum / count + offsets[i]!;
  }
}

function middle({ top, height }: Item): number {
  return top + height / 2;
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
