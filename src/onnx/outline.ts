import type { Span } from './wire.ts';
import { eachField, lengthDelimited, textOf, varint, WireError } from './wire.ts';

/** The parts of a model file that describe it; tensors and attributes stay where they are in the bytes. */
export interface Outline {
  readonly bytes: Uint8Array;
  readonly graph: Span;
  readonly opsets: Record<string, number>;
  producer: string;
  readonly metadata: Record<string, string>;
  readonly nodes: OutlineNode[];
  readonly inputs: OutlineValue[];
  readonly outputs: OutlineValue[];
  readonly constants: Map<string, Span>;
  /** Somewhere in the model, a tensor's bytes are kept in another file. */
  readonly external: boolean;
}

export interface OutlineNode {
  readonly span: Span;
  operator: string;
  domain: string;
  name: string;
  readonly inputs: string[];
  readonly outputs: string[];
  readonly attributes: Span[];
}

export interface OutlineValue {
  readonly span: Span;
  name: string;
  /** Of `TensorProto.DataType`; absent for sequences, maps and the like. */
  elementType?: number;
  shape?: (number | null)[];
}

/** More than any model has; what comes from outside must not choose how much memory is taken. */
const mostParts = 2_000_000;
const deepest = 40;

/** Reads the outline of a model. @throws WireError when the bytes are no model. */
export function outlineModel(bytes: Uint8Array): Outline {
  const state = { parts: 0, external: false };
  const opsets: Record<string, number> = {};
  const metadata: Record<string, string> = {};
  const graphs: Span[] = [];
  let producer = '';
  eachField({ bytes, start: 0, end: bytes.length }, (field, wire, start, end) => {
    const span = { bytes, start, end };
    if (wire !== lengthDelimited) return;
    count(state);
    if (field === 2) producer = textOf(span);
    else if (field === 7) graphs.push(span);
    else if (field === 8) Object.assign(opsets, readOpset(span));
    else if (field === 14) Object.assign(metadata, readEntry(span));
    // Training graphs and functions: their tensors could be outside as well.
    else if (field === 20 || field === 25)
      findExternal(span, field === 20 ? 'training' : 'function', state, 0);
  });
  // Protobuf merges repeated messages; writers never make them, and readers differ: such bytes are not trusted.
  const graph = graphs[0];
  if (graph === undefined || graphs.length > 1) throw new WireError(`${graphs.length} graphs`);
  const parts = readGraph(graph, state);
  return { bytes, graph, opsets, producer, metadata, ...parts, external: state.external };
}

interface ScanState {
  parts: number;
  external: boolean;
}

function count(state: ScanState): void {
  if (++state.parts > mostParts) throw new WireError(`more than ${mostParts} parts`);
}

function readGraph(
  graph: Span,
  state: ScanState,
): Pick<Outline, 'nodes' | 'inputs' | 'outputs' | 'constants'> {
  const nodes: OutlineNode[] = [];
  const inputs: OutlineValue[] = [];
  const outputs: OutlineValue[] = [];
  const constants = new Map<string, Span>();
  eachField(graph, (field, wire, start, end) => {
    if (wire !== lengthDelimited) return;
    count(state);
    const span = { bytes: graph.bytes, start, end };
    if (field === 1) nodes.push(readNode(span, state));
    else if (field === 5) constants.set(readTensorName(span), span);
    else if (field === 11) inputs.push(readValue(span, state));
    else if (field === 12) outputs.push(readValue(span, state));
  });
  findExternal(graph, 'graph', state, 0);
  return { nodes, inputs, outputs, constants };
}

function readNode(span: Span, state: ScanState): OutlineNode {
  const node: OutlineNode = {
    span,
    operator: '',
    domain: '',
    name: '',
    inputs: [],
    outputs: [],
    attributes: [],
  };
  eachField(span, (field, wire, start, end) => {
    if (wire !== lengthDelimited) return;
    count(state);
    const part = { bytes: span.bytes, start, end };
    if (field === 1) node.inputs.push(textOf(part));
    else if (field === 2) node.outputs.push(textOf(part));
    else if (field === 3) node.name = textOf(part);
    else if (field === 4) node.operator = textOf(part);
    else if (field === 5) node.attributes.push(part);
    else if (field === 7) node.domain = textOf(part);
  });
  return node;
}

function readValue(span: Span, state: ScanState): OutlineValue {
  const value: OutlineValue = { span, name: '' };
  const { bytes } = span;
  eachField(span, (field, wire, start, end) => {
    if (wire !== lengthDelimited) return;
    if (field === 1) value.name = textOf({ bytes, start, end });
    if (field !== 2) return;
    eachField({ bytes, start, end }, (kind, kindWire, from, to) => {
      if (kind !== 1 || kindWire !== lengthDelimited) return;
      eachField({ bytes, start: from, end: to }, (part, partWire, a, b, number) => {
        if (part === 1 && partWire === varint) value.elementType = number;
        if (part === 2 && partWire === lengthDelimited)
          value.shape = readShape({ bytes, start: a, end: b }, state);
      });
    });
  });
  return value;
}

function readShape({ bytes, start, end }: Span, state: ScanState): (number | null)[] {
  const shape: (number | null)[] = [];
  eachField({ bytes, start, end }, (field, wire, from, to) => {
    if (field !== 1 || wire !== lengthDelimited) return;
    count(state);
    let size: number | null = null;
    eachField({ bytes, start: from, end: to }, (part, partWire, _from, _to, number) => {
      if (part === 1 && partWire === varint && number <= Number.MAX_SAFE_INTEGER) size = number;
    });
    shape.push(size);
  });
  return shape;
}

function readOpset(span: Span): Record<string, number> {
  let domain = '';
  let version = 0;
  eachField(span, (field, wire, start, end, number) => {
    if (field === 1 && wire === lengthDelimited) domain = textOf({ bytes: span.bytes, start, end });
    if (field === 2 && wire === varint) version = number;
  });
  return { [domain]: version };
}

function readEntry(span: Span): Record<string, string> {
  let key = '';
  let value = '';
  eachField(span, (field, wire, start, end) => {
    if (wire !== lengthDelimited) return;
    if (field === 1) key = textOf({ bytes: span.bytes, start, end });
    if (field === 2) value = textOf({ bytes: span.bytes, start, end });
  });
  return { [key]: value };
}

function readTensorName(span: Span): string {
  let name = '';
  eachField(span, (field, wire, start, end) => {
    if (field === 8 && wire === lengthDelimited) name = textOf({ bytes: span.bytes, start, end });
  });
  return name;
}

/** Which fields of which message lead to tensors. `tensor`: field 13 (external_data) or 14 (data_location) = 1. */
const children: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  training: { 1: 'graph', 2: 'graph' },
  function: { 7: 'node', 11: 'attribute' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
};

function findExternal(span: Span, kind: string, state: ScanState, depth: number): void {
  if (depth > deepest) throw new WireError(`nested deeper than ${deepest}`);
  eachField(span, (field, wire, start, end, number) => {
    if (kind === 'tensor') {
      if (field === 13 || (field === 14 && wire === varint && number !== 0)) state.external = true;
      return;
    }
    const child = children[kind]?.[field];
    if (child === undefined || wire !== lengthDelimited) return;
    findExternal({ bytes: span.bytes, start, end }, child, state, depth + 1);
  });
}
