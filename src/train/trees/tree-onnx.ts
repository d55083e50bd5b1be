import type { Attribute, GraphBuilder } from '../../onnx/index.ts';
import type { TreeEnsemble } from './tree.ts';

/** Node modes of `TreeEnsemble`, ai.onnx.ml 5. */
const lessOrEqual = 0;
const lessThan = 1;
const member = 6;

export interface TreeNodeOptions {
  /** Number of columns of the result. */
  readonly targets: number;
  /** The column that a tree's leaves add to. */
  readonly target: (tree: number) => number;
  /** What a leaf adds. */
  readonly value: (leaf: number) => number;
}

/**
 * Writes all trees as one `TreeEnsemble` operator (ai.onnx.ml 5) in double: sums of leaf values, [rows, targets].
 * Sets are `BRANCH_MEMBER` nodes; a tree of one leaf is a node with that leaf on both sides.
 */
export function treesInGraph(
  graph: GraphBuilder,
  input: string,
  trees: TreeEnsemble,
  options: TreeNodeOptions,
): string {
  const leafCount = trees.leaves.length / trees.outputs;
  const leafTargets = new Int32Array(leafCount);
  const lone = [...trees.roots].filter((root) => root < 0);
  const nodes = trees.feature.length + lone.length;
  const trueIds = new Int32Array(nodes);
  const falseIds = new Int32Array(nodes);
  const trueLeafs = new Int32Array(nodes);
  const falseLeafs = new Int32Array(nodes);
  const features = new Int32Array(nodes);
  const tracksTrue = new Int32Array(nodes);
  const splits = new Float64Array(nodes);
  const modes = new Uint8Array(nodes);
  const members: number[] = [];
  const link = (ids: Int32Array, leafs: Int32Array, node: number, child: number) => {
    ids[node] = child >= 0 ? child : ~child;
    leafs[node] = child >= 0 ? 0 : 1;
  };
  for (let node = 0; node < trees.feature.length; node++) {
    features[node] = trees.feature[node]!;
    tracksTrue[node] = trees.missingLeft[node]!;
    link(trueIds, trueLeafs, node, trees.left[node]!);
    link(falseIds, falseLeafs, node, trees.right[node]!);
    if (trees.setStart[node]! < 0) {
      modes[node] = lessOrEqual;
      splits[node] = trees.threshold[node]!;
    } else {
      const categories = setMembers(trees, node);
      if (categories.length === 0) {
        // A set of the missing value alone: no known value may go left.
        modes[node] = lessThan;
        splits[node] = -Infinity;
      } else {
        modes[node] = member;
        members.push(...categories, Number.NaN);
      }
    }
  }
  let extra = trees.feature.length;
  const roots = Array.from(trees.roots, (root) => {
    if (root >= 0) return root;
    link(trueIds, trueLeafs, extra, root);
    link(falseIds, falseLeafs, extra, root);
    return extra++;
  });
  forEachLeaf(trees, (tree, leaf) => {
    leafTargets[leaf] = options.target(tree);
  });
  const ints = (values: readonly number[] | Int32Array): Attribute => ({ kind: 'ints', values });
  const doubles = (values: Float64Array): Attribute => ({
    kind: 'tensor',
    tensor: { type: 'double', dims: [values.length], values },
  });
  const attributes: Record<string, Attribute> = {
    aggregate_function: { kind: 'int', value: 1 },
    leaf_targetids: ints(leafTargets),
    leaf_weights: doubles(Float64Array.from({ length: leafCount }, (_, leaf) => options.value(leaf))),
    n_targets: { kind: 'int', value: options.targets },
    nodes_falseleafs: ints(falseLeafs),
    nodes_falsenodeids: ints(falseIds),
    nodes_featureids: ints(features),
    nodes_missing_value_tracks_true: ints(tracksTrue),
    nodes_modes: { kind: 'tensor', tensor: { type: 'uint8', dims: [nodes], values: modes } },
    nodes_splits: doubles(splits),
    nodes_trueleafs: ints(trueLeafs),
    nodes_truenodeids: ints(trueIds),
    post_transform: { kind: 'int', value: 0 },
    tree_roots: ints(roots),
    ...(members.length > 0 ? { membership_values: doubles(Float64Array.from(members)) } : {}),
  };
  return graph.node('TreeEnsemble', [input], { domain: 'ai.onnx.ml', attributes })[0]!;
}

/** The categories of a set, ascending. */
function setMembers(trees: TreeEnsemble, node: number): number[] {
  const categories: number[] = [];
  for (let category = 0; category < trees.setLength[node]! * 32; category++) {
    const word = trees.setWords[trees.setStart[node]! + (category >>> 5)]!;
    if (((word >>> (category & 31)) & 1) === 1) categories.push(category);
  }
  return categories;
}

function forEachLeaf(trees: TreeEnsemble, visit: (tree: number, leaf: number) => void): void {
  trees.roots.forEach((root, tree) => {
    const open = [root];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (node < 0) visit(tree, ~node);
      else open.push(trees.left[node]!, trees.right[node]!);
    }
  });
}
