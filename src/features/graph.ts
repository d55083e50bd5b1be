import type { GraphBuilder, Port } from '../onnx/index.ts';
import type { FittedColumn, FittedFeatures } from './feature.ts';

/** The inputs of a model of these features: one a raw column, in order. */
export function featureInputs(fitted: FittedFeatures): readonly Port[] {
  return fitted.columns.map(({ source, sourceKind }) => ({
    name: source,
    type: sourceKind === 'number' ? 'double' : 'string',
    shape: [null, 1],
  }));
}

/**
 * Adds operators that make the features of the inputs, and returns the name of a double tensor [rows, features]
 * that is equal to what `featureSelect` gives, with NaN for NULL. Columns of one kind go through each operator
 * together: the time of a single row is that of the calls, not of the arithmetic.
 */
export function featureGraph(fitted: FittedFeatures, graph: GraphBuilder): string {
  const blocks: Block[] = [];
  const numbers = fitted.columns.filter(({ sourceKind }) => sourceKind === 'number');
  const texts = fitted.columns.filter(({ sourceKind }) => sourceKind === 'text');
  if (numbers.length > 0) blocks.push(...numberBlocks(numbers, graph));
  if (texts.length > 0) blocks.push(...textBlocks(texts, graph));
  return arrange(fitted, blocks, graph);
}

/** A tensor [rows, features.length], and which feature columns it holds: by source column and index of the output. */
interface Block {
  readonly tensor: string;
  readonly features: readonly { readonly column: FittedColumn; readonly output: number }[];
}

const int = (value: number) => ({ kind: 'int', value }) as const;
const toDouble = { attributes: { to: int(11) } };

function concat(tensors: readonly string[], graph: GraphBuilder): string {
  if (tensors.length === 1) return tensors[0]!;
  return graph.node('Concat', tensors, { attributes: { axis: int(1) } })[0]!;
}

/** Columns of a tensor by their indexes; nothing to do when it is all of them, in order. */
function gather(tensor: string, width: number, indexes: readonly number[], graph: GraphBuilder): string {
  if (indexes.length === width && indexes.every((index, i) => index === i)) return tensor;
  const constant = graph.constant('columns', { type: 'int64', dims: [indexes.length], values: indexes });
  return graph.node('Gather', [tensor, constant], { attributes: { axis: int(1) } })[0]!;
}

function row(name: string, values: readonly number[], graph: GraphBuilder): string {
  return graph.constant(name, {
    type: 'double',
    dims: [1, values.length],
    values: Float64Array.from(values),
  });
}

function numberBlocks(columns: readonly FittedColumn[], graph: GraphBuilder): Block[] {
  const raw = concat(
    columns.map(({ source }) => source),
    graph,
  );
  const width = columns.length;
  const marked = columns.filter(({ indicator }) => indicator);
  const imputes = columns.map(({ impute }) => (typeof impute === 'number' ? impute : Number.NaN));
  const anyImpute = imputes.some((value) => !Number.isNaN(value));
  const missing = anyImpute || marked.length > 0 ? graph.node('IsNaN', [raw])[0]! : '';
  const imputed = anyImpute ? graph.node('Where', [missing, row('impute', imputes, graph), raw])[0]! : raw;
  const blocks: Block[] = [];
  const indexesOf = (some: readonly FittedColumn[]): number[] =>
    some.map((column) => columns.indexOf(column));

  const plain = columns.filter(({ encode }) => encode === undefined);
  if (plain.length > 0) {
    const values = gather(imputed, width, indexesOf(plain), graph);
    blocks.push({ tensor: scaled(plain, values, graph), features: firsts(plain) });
  }
  const oneHot = columns.filter(({ encode }) => encode?.kind === 'one-hot');
  if (oneHot.length > 0) {
    const repeats = oneHot.flatMap((column) => column.encode!.categories.map(() => columns.indexOf(column)));
    const categories = oneHot.flatMap((column) => column.encode!.categories.map(Number));
    const repeated = gather(imputed, width, repeats, graph);
    blocks.push(oneHotBlock(oneHot, repeated, categories, graph));
  }
  for (const column of columns.filter(({ encode }) => encode?.kind === 'ordinal')) {
    const value = gather(imputed, width, indexesOf([column]), graph);
    const keys = Float64Array.from(column.encode!.categories, Number);
    blocks.push({
      tensor: lookUp(
        value,
        { type: 'double', dims: [keys.length], values: keys },
        indexes(keys.length),
        graph,
      ),
      features: firsts([column]),
    });
  }
  if (marked.length > 0) {
    const marks = graph.node('Cast', [gather(missing, width, indexesOf(marked), graph)], toDouble)[0]!;
    blocks.push({ tensor: marks, features: lasts(marked) });
  }
  return blocks;
}

function scaled(columns: readonly FittedColumn[], values: string, graph: GraphBuilder): string {
  if (columns.every(({ scale }) => scale === undefined)) return values;
  // (offset - x) * -factor, to the last bit (x - offset) * factor: columns without a scale may go along (0 and -1). The
  // turned signs keep ONNX Runtime from dropping `- offset` and `* factor` where it takes them, rounded to single
  // precision, for `- 0` and `* 1` (its NoopElimination).
  const offsets = row(
    'offset',
    columns.map(({ scale }) => scale?.offset ?? 0),
    graph,
  );
  const factors = row(
    'factor',
    columns.map(({ scale }) => -(scale?.factor ?? 1)),
    graph,
  );
  return graph.node('Mul', [graph.node('Sub', [offsets, values])[0]!, factors])[0]!;
}

function textBlocks(columns: readonly FittedColumn[], graph: GraphBuilder): Block[] {
  const blocks: Block[] = [];
  const oneHot = columns.filter(({ encode }) => encode?.kind === 'one-hot');
  if (oneHot.length > 0) {
    const codes = concat(
      oneHot.map((column) => codesOf(column, graph)),
      graph,
    );
    const repeats = oneHot.flatMap((column, i) => column.encode!.categories.map(() => i));
    const repeated = gather(codes, oneHot.length, repeats, graph);
    const categories = oneHot.flatMap((column) => indexes(column.encode!.categories.length));
    blocks.push(oneHotBlock(oneHot, repeated, categories, graph));
  }
  for (const column of columns) {
    if (column.encode?.kind === 'ordinal') {
      blocks.push({ tensor: codesOf(column, graph), features: firsts([column]) });
    }
    if (!column.indicator) continue;
    const empty = { type: 'string', dims: [1], values: [''] } as const;
    blocks.push({ tensor: lookUp(column.source, empty, [1], graph, 0), features: lasts([column]) });
  }
  return blocks;
}

/** The index of each text's category, NaN for unknown ones. Missing is the empty text, which is never a category. */
function codesOf({ source, encode, impute }: FittedColumn, graph: GraphBuilder): string {
  const categories = encode!.categories.map(String);
  const imputed = impute === undefined ? -1 : categories.indexOf(String(impute));
  const keys = imputed < 0 ? categories : [...categories, ''];
  const values = indexes(categories.length);
  if (imputed >= 0) values.push(imputed);
  return lookUp(source, { type: 'string', dims: [keys.length], values: keys }, values, graph);
}

type Keys =
  | { readonly type: 'string'; readonly dims: readonly number[]; readonly values: readonly string[] }
  | { readonly type: 'double'; readonly dims: readonly number[]; readonly values: Float64Array };

/** `values[i]` where the input is `keys[i]`, else `otherwise`. */
function lookUp(
  input: string,
  keys: Keys,
  values: readonly number[],
  graph: GraphBuilder,
  otherwise: number = Number.NaN,
): string {
  const doubles = (list: readonly number[]) =>
    ({
      kind: 'tensor',
      tensor: { type: 'double', dims: [list.length], values: Float64Array.from(list) },
    }) as const;
  return graph.node('LabelEncoder', [input], {
    domain: 'ai.onnx.ml',
    attributes: {
      keys_tensor: { kind: 'tensor', tensor: keys },
      values_tensor: doubles(values),
      default_tensor: doubles([otherwise]),
    },
  })[0]!;
}

function oneHotBlock(
  columns: readonly FittedColumn[],
  repeated: string,
  categories: readonly number[],
  graph: GraphBuilder,
): Block {
  const equal = graph.node('Equal', [repeated, row('categories', categories, graph)])[0]!;
  return {
    tensor: graph.node('Cast', [equal], toDouble)[0]!,
    features: columns.flatMap((column) => column.encode!.categories.map((_, output) => ({ column, output }))),
  };
}

function indexes(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

function firsts(columns: readonly FittedColumn[]): Block['features'] {
  return columns.map((column) => ({ column, output: 0 }));
}

function lasts(columns: readonly FittedColumn[]): Block['features'] {
  return columns.map((column) => ({ column, output: column.outputs.length - 1 }));
}

/** Puts the blocks side by side, in the order of the declarations. */
function arrange(fitted: FittedFeatures, blocks: readonly Block[], graph: GraphBuilder): string {
  const places = new Map<FittedColumn, number[]>();
  for (const [place, { column, output }] of blocks.flatMap(({ features }) => features).entries()) {
    const known = places.get(column) ?? [];
    known[output] = place;
    places.set(column, known);
  }
  const order = fitted.columns.flatMap((column) => column.outputs.map((_, i) => places.get(column)![i]!));
  const whole = concat(
    blocks.map(({ tensor }) => tensor),
    graph,
  );
  return gather(whole, order.length, order, graph);
}
