import type { BoostMemory } from './boost-memory.ts';
import { batchSize, cutWidth, foundWidth, scopeColumns, spanWidth } from './boost-memory.ts';
import type { BoostTeam } from './boost-team.ts';
import { columnsPerTask, phases } from './boost-work.ts';
import { Split } from './split.ts';
import type { TreeEnsemble } from './tree.ts';
import { TreeSketch, writeTable } from './tree.ts';

export interface GrowthLimits {
  readonly maxDepth: number;
  readonly maxLeaves: number;
  readonly learningRate: number;
}

/** A node with its rows, sums, and the best split that was found for it. */
interface OpenNode {
  readonly start: number;
  readonly end: number;
  readonly depth: number;
  readonly first: number;
  readonly second: number;
  readonly parent: number;
  readonly side: 'left' | 'right';
  /** Where its histograms are kept, or -1. */
  slot: number;
  gain: number;
  column: number;
  readonly split: Split;
}

/** Grows trees on the gradients in memory, one after the other. */
export class BoostGrower {
  readonly #memory: BoostMemory;
  readonly #team: BoostTeam;
  readonly #limits: GrowthLimits;
  readonly #freeSlots: number[] = [];
  #sketch = new TreeSketch(1);
  #open: OpenNode[] = [];
  #leaves = 0;

  constructor(memory: BoostMemory, team: BoostTeam, limits: GrowthLimits) {
    this.#memory = memory;
    this.#team = team;
    this.#limits = limits;
    for (let slot = memory.slots - 1; slot >= 0; slot--) this.#freeSlots.push(slot);
  }

  /** Grows one tree on the first `rows` positions of the row order; its leaves are left in memory for the scores. */
  grow(rows: number): { readonly tree: TreeEnsemble; readonly leaves: number } {
    this.#sketch = new TreeSketch(1);
    this.#leaves = 0;
    this.#open = [];
    const { pairs } = this.#memory.order;
    let firstSum = 0;
    let secondSum = 0;
    for (let i = 0; i < rows; i++) {
      firstSum += pairs[2 * i]!;
      secondSum += pairs[2 * i + 1]!;
    }
    const root = openNode({
      start: 0,
      end: rows,
      depth: 0,
      first: firstSum,
      second: secondSum,
      parent: -1,
      side: 'left',
    });
    if (this.#canSplit(root)) {
      root.slot = this.#freeSlots.pop()!;
      this.#search([{ child: root }]);
    }
    this.#settle(root);
    while (this.#open.length > 0) this.#splitBatch(this.#takeBatch());
    return { tree: this.#sketch.finish(), leaves: this.#leaves };
  }

  #canSplit({ start, end, depth }: OpenNode): boolean {
    return depth < this.#limits.maxDepth && end - start >= 2 * this.#memory.rules.minRows;
  }

  /** A node without a split becomes a leaf; others wait for their turn. */
  #settle(node: OpenNode): void {
    if (node.gain > 0) {
      this.#open.push(node);
      return;
    }
    this.#release(node);
    this.#leaf(node);
  }

  #leaf(node: OpenNode): void {
    const { leafStart, leafEnd, leafValue, nodeLeft, nodeRight, rules } = this.#memory;
    const value = (-node.first / Math.max(node.second + rules.l2, 1e-12)) * this.#limits.learningRate;
    const leaf = this.#leaves++;
    leafStart[leaf] = node.start;
    leafEnd[leaf] = node.end;
    leafValue[leaf] = value;
    const child = this.#sketch.leaf([value]);
    this.#sketch.link(node.parent, node.side, child);
    if (node.parent >= 0) (node.side === 'left' ? nodeLeft : nodeRight)[node.parent] = child;
  }

  #release(node: OpenNode): void {
    if (node.slot >= 0) this.#freeSlots.push(node.slot);
    node.slot = -1;
  }

  /** The nodes to split next: the newest ones, or the best one when leaves are scarce. */
  #takeBatch(): readonly OpenNode[] {
    const { maxLeaves, maxDepth } = this.#limits;
    const open = this.#open;
    if (this.#leaves + open.length >= maxLeaves) {
      for (const node of open) {
        this.#release(node);
        this.#leaf(node);
      }
      this.#open = [];
      return [];
    }
    const scarce = maxLeaves < 2 ** Math.min(maxDepth, 40);
    let batch: OpenNode[];
    if (scarce) {
      let best = 0;
      for (let k = 1; k < open.length; k++) if (open[k]!.gain > open[best]!.gain) best = k;
      batch = open.splice(best, 1);
    } else {
      batch = open.splice(Math.max(0, open.length - batchSize));
    }
    this.#makeRoom(batch);
    return batch;
  }

  /** Sees to it that the children of the batch will have slots: waiting nodes give theirs up, oldest first. */
  #makeRoom(batch: OpenNode[]): void {
    const needed = () => batch.reduce((total, node) => total + (node.slot >= 0 ? 1 : 2), 0);
    for (const node of this.#open) {
      if (needed() <= this.#freeSlots.length) return;
      this.#release(node);
    }
    while (needed() > this.#freeSlots.length && batch.length > 1) {
      const postponed = batch.shift()!;
      this.#release(postponed);
      this.#open.push(postponed);
    }
  }

  #splitBatch(batch: readonly OpenNode[]): void {
    if (batch.length === 0) return;
    const { binned, cuts, tables, nodeColumn } = this.#memory;
    let rows = 0;
    const ids = batch.map((node, k) => {
      const bins = binned.columns[node.column]!;
      const id = this.#sketch.node(node.column, bins, node.split);
      this.#link(node, id);
      nodeColumn[id] = node.column;
      writeTable(bins, node.split, tables, id * 256);
      cuts.set([node.start, node.end, node.column, id], k * cutWidth);
      rows += node.end - node.start;
      return id;
    });
    this.#team.run(phases.cuts, batch.length, rows * 4);
    const searches: Search[] = [];
    const children = batch.flatMap((node, k) => {
      const [left, right] = this.#childrenOf(node, ids[k]!, cuts[k * cutWidth + 4]!);
      searches.push(...this.#planSearch(node, left, right));
      return [left, right];
    });
    if (searches.length > 0) this.#search(searches);
    for (const child of children) this.#settle(child);
  }

  #link(node: OpenNode, id: number): void {
    const { nodeLeft, nodeRight } = this.#memory;
    this.#sketch.link(node.parent, node.side, id);
    if (node.parent >= 0) (node.side === 'left' ? nodeLeft : nodeRight)[node.parent] = id;
  }

  #childrenOf(node: OpenNode, id: number, middle: number): [OpenNode, OpenNode] {
    const { split } = node;
    const depth = node.depth + 1;
    return [
      openNode({
        start: node.start,
        end: middle,
        depth,
        first: split.first,
        second: split.second,
        parent: id,
        side: 'left',
      }),
      openNode({
        start: middle,
        end: node.end,
        depth,
        first: node.first - split.first,
        second: node.second - split.second,
        parent: id,
        side: 'right',
      }),
    ];
  }

  /** Which histograms are summed up and which are differences: the smaller child is summed, the larger is the rest. */
  #planSearch(node: OpenNode, left: OpenNode, right: OpenNode): Search[] {
    const [small, large] = left.end - left.start <= right.end - right.start ? [left, right] : [right, left];
    if (node.slot >= 0 && this.#canSplit(large)) {
      large.slot = node.slot;
      small.slot = this.#freeSlots.pop()!;
      return [{ child: small, other: large }];
    }
    this.#release(node);
    return [small, large]
      .filter((child) => this.#canSplit(child))
      .map((child) => {
        child.slot = this.#freeSlots.pop()!;
        return { child };
      });
  }

  #search(searches: readonly Search[]): void {
    const { spans, spanSums, scope } = this.#memory;
    const columns = scope[scopeColumns]!;
    let rows = 0;
    searches.forEach(({ child, other }, k) => {
      spans.set(
        [
          child.start,
          child.end,
          child.slot,
          other?.slot ?? -1,
          Number(this.#canSplit(child)),
          Number(other !== undefined),
        ],
        k * spanWidth,
      );
      spanSums.set([child.first, child.second, child.end - child.start], 6 * k);
      if (other !== undefined) spanSums.set([other.first, other.second, other.end - other.start], 6 * k + 3);
      rows += child.end - child.start + 256;
    });
    const tasks = searches.length * Math.ceil(columns / columnsPerTask);
    this.#team.run(phases.histograms, tasks, rows * columns);
    searches.forEach(({ child, other }, k) => {
      if (this.#canSplit(child)) this.#readBest(child, 2 * k);
      if (other !== undefined) this.#readBest(other, 2 * k + 1);
    });
  }

  /** The best split over all columns; of equal ones that of the first column. */
  #readBest(node: OpenNode, side: number): void {
    const { binned, columns, found, foundOrder, scope } = this.#memory;
    let best = -1;
    for (let c = 0; c < scope[scopeColumns]!; c++) {
      const gain = found[(side * binned.columns.length + c) * foundWidth]!;
      if (gain > node.gain) {
        node.gain = gain;
        best = c;
      }
    }
    if (best < 0) return;
    const slot = side * binned.columns.length + best;
    const at = slot * foundWidth;
    const { split } = node;
    node.column = columns[best]!;
    split.gain = node.gain;
    split.bin = found[at + 1]!;
    split.nextBin = found[at + 2]!;
    split.missingLeft = found[at + 3]!;
    split.first = found[at + 4]!;
    split.second = found[at + 5]!;
    split.rows = found[at + 6]!;
    split.members = found[at + 7]!;
    if (split.members > 0) split.order.set(foundOrder.subarray(slot * 256, slot * 256 + 256));
  }
}

interface Search {
  readonly child: OpenNode;
  /** The sibling, whose histogram is the parent's less the child's. */
  readonly other?: OpenNode;
}

function openNode(
  node: Pick<OpenNode, 'start' | 'end' | 'depth' | 'first' | 'second' | 'parent' | 'side'>,
): OpenNode {
  return { ...node, slot: -1, gain: 0, column: -1, split: new Split() };
}
