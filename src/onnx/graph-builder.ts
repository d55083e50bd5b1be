import type { Attribute, Constant, GraphBuilder, NodeOptions } from './graph.ts';

/** A graph that was put together: plain data, from which `buildModel` writes bytes. */
export interface Graph extends GraphBuilder {
  readonly nodes: readonly GraphNode[];
  readonly constants: readonly NamedConstant[];
}

interface GraphNode {
  readonly name: string;
  readonly operator: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

interface NamedConstant {
  readonly name: string;
  readonly constant: Constant;
}

/** Starts a graph. `reserved` are the names of the model's inputs and outputs, which nothing inside may take. */
export function createGraphBuilder(reserved: Iterable<string> = []): Graph {
  const taken = new Set(reserved);
  const counters = new Map<string, number>();
  const unique = (wish: string): string => {
    let name = wish;
    while (taken.has(name)) {
      const count = (counters.get(wish) ?? 0) + 1;
      counters.set(wish, count);
      name = `${wish}_${count}`;
    }
    taken.add(name);
    return name;
  };
  const nodes: GraphNode[] = [];
  const constants: NamedConstant[] = [];
  return {
    nodes,
    constants,
    constant(wish: string, constant: Constant): string {
      checkConstant(wish, constant);
      const name = unique(wish);
      constants.push({ name, constant });
      return name;
    },
    node(operator: string, inputs: readonly string[], options: NodeOptions = {}): string[] {
      const name = unique(operator);
      const outputs = Array.from({ length: options.outputs ?? 1 }, () => unique(`${name}.out`));
      const { domain = '', attributes = {} } = options;
      nodes.push({ name, operator, domain, inputs: [...inputs], outputs, attributes });
      return outputs;
    },
  };
}

/** A wrong shape is a bug of the caller, and would be found far from here by the runtime. */
function checkConstant(name: string, { dims, values }: Constant): void {
  const size = dims.reduce((product, dim) => product * dim, 1);
  if (size !== values.length) throw new TypeError(`${name}: ${values.length} values for shape [${dims}]`);
}
