import type { Attribute, Constant } from './graph.ts';
import type { Graph } from './graph-builder.ts';
import type { Port } from './model.ts';
import type { AttributeProto, GraphProto, NodeProto, TensorProto, ValueInfoProto } from './proto.ts';
import { dataTypes, loadProto } from './proto.ts';

/** What a model file is made of. */
export interface ModelParts {
  readonly graph: Graph;
  readonly inputs: readonly Port[];
  readonly outputs: readonly OutputPort[];
  readonly name?: string;
  readonly doc?: string;
  /** Written sorted by key, so that equal parts are equal bytes. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** An output of the model and the value inside the graph that it shows. */
export interface OutputPort extends Port {
  readonly from: string;
}

/**
 * IR 10 and opset 21 are those of ONNX 1.16, the first with `ai.onnx.ml` 5 and its `TreeEnsemble`. ONNX Runtime takes
 * them since 1.20, natively and in WebAssembly. Of the file format they need nothing that ONNX 1.10 did not have.
 */
const irVersion = 10;
const opsets = { '': 21, 'ai.onnx.ml': 5 } as const;

/** Writes a model. The bytes are a function of the parts: no clock, no machine, no order of keys. */
export async function buildModel(parts: ModelParts): Promise<Uint8Array> {
  const { ModelProto } = await loadProto();
  const metadata = Object.entries(parts.metadata ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return ModelProto.encode({
    irVersion,
    producerName: 'trainyard',
    ...(parts.doc === undefined ? {} : { docString: parts.doc }),
    opsetImport: Object.entries(opsets).map(([domain, version]) => ({ domain, version })),
    metadataProps: metadata.map(([key, value]) => ({ key, value })),
    graph: graphProto(parts),
  }).finish();
}

function graphProto({ graph, inputs, outputs, name = 'trainyard' }: ModelParts): GraphProto {
  const shown = renames(graph, outputs);
  const rename = (value: string): string => shown.get(value) ?? value;
  return {
    name,
    node: graph.nodes.map(
      (node): NodeProto => ({
        name: node.name,
        opType: node.operator,
        ...(node.domain === '' ? {} : { domain: node.domain }),
        input: node.inputs.map(rename),
        output: node.outputs.map(rename),
        attribute: Object.keys(node.attributes)
          .sort()
          .map((key) => attributeProto(key, node.attributes[key]!)),
      }),
    ),
    initializer: graph.constants.map(({ name: constant, constant: value }) => tensorProto(constant, value)),
    input: inputs.map(valueInfo),
    output: outputs.map(valueInfo),
  };
}

/** An output gets its name by renaming the value inside: no operator is spent on it. */
function renames(graph: Graph, outputs: readonly OutputPort[]): Map<string, string> {
  const made = new Set(graph.nodes.flatMap((node) => node.outputs));
  const shown = new Map<string, string>();
  for (const { from, name } of outputs) {
    if (!made.has(from) || shown.has(from)) throw new TypeError(`output ${name} needs a node of its own`);
    shown.set(from, name);
  }
  return shown;
}

function valueInfo({ name, type, shape }: Port): ValueInfoProto {
  const dim = shape.map((size) => (size === null ? { dimParam: 'N' } : { dimValue: size }));
  return { name, type: { tensorType: { elemType: dataTypes[type], shape: { dim } } } };
}

const utf8 = new TextEncoder();

function attributeProto(name: string, attribute: Attribute): AttributeProto {
  switch (attribute.kind) {
    case 'float':
      return { name, type: 1, f: attribute.value };
    case 'int':
      return { name, type: 2, i: attribute.value };
    case 'string':
      return { name, type: 3, s: utf8.encode(attribute.value) };
    case 'tensor':
      return { name, type: 4, t: tensorProto(name, attribute.tensor) };
    case 'floats':
      return { name, type: 6, floats: attribute.values as number[] };
    case 'ints':
      return { name, type: 7, ints: attribute.values as number[] };
    case 'strings':
      return { name, type: 8, strings: attribute.values.map((text) => utf8.encode(text)) };
  }
}

function tensorProto(name: string, constant: Constant): TensorProto {
  const shape = { name, dims: [...constant.dims], dataType: dataTypes[constant.type] };
  if (constant.type === 'string') {
    return { ...shape, stringData: constant.values.map((text) => utf8.encode(text)) };
  }
  return { ...shape, rawData: rawBytes(constant) };
}

/** Little-endian, as the format asks for on every machine. */
function rawBytes(constant: Exclude<Constant, { readonly type: 'string' }>): Uint8Array {
  const { type, values } = constant;
  if (type === 'uint8') return values;
  const width = type === 'float' ? 4 : 8;
  const view = new DataView(new ArrayBuffer(values.length * width));
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (type === 'double') view.setFloat64(i * 8, value, true);
    else if (type === 'float') view.setFloat32(i * 4, value, true);
    else view.setBigInt64(i * 8, BigInt(value), true);
  }
  return new Uint8Array(view.buffer);
}
