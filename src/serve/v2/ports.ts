import type { LogicalType } from '../../contract/index.ts';
import type { Port } from '../../onnx/index.ts';
import { outputRoles } from '../../onnx/index.ts';
import type { Servable } from '../../servable/index.ts';
import type { Datatype } from './datatypes.ts';
import { datatypeOf } from './datatypes.ts';

/** What a model takes and gives, in the words of the protocol. */
export interface ProtocolPorts {
  /** By name: the inputs of the graph, and every column that a request may hold besides. */
  readonly inputs: ReadonlyMap<string, InputPort>;
  /** Those of the graph, in its order. */
  readonly described: readonly TensorDescription[];
  readonly outputs: readonly OutputPort[];
}

/** -1 is a dimension that is free. */
export interface TensorDescription {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
}

export interface InputPort {
  readonly name: string;
  /** One, or those of a single input [N, F]. */
  readonly columns: readonly InputColumn[];
  /** Whether a second dimension is asked for; columns alone are taken as [N] and as [N, 1]. */
  readonly isMatrix: boolean;
}

export interface InputColumn {
  readonly name: string;
  /** Of the contract; what no contract speaks of is a number or a text. */
  readonly type: LogicalType;
  /** Whether the model reads it as text. */
  readonly isText: boolean;
}

export interface OutputPort extends TensorDescription {
  readonly role: 'label' | 'scores';
  /** Class labels as JSON; empty for regression. */
  readonly classes: readonly string[];
}

const known = new WeakMap<Servable, ProtocolPorts>();

/** The ports of a servable; found out once. */
export function portsOf(servable: Servable): ProtocolPorts {
  let ports = known.get(servable);
  if (ports === undefined) {
    ports = findPorts(servable);
    known.set(servable, ports);
  }
  return ports;
}

function findPorts(servable: Servable): ProtocolPorts {
  const { info, manifest, columns } = servable;
  const declared = new Map(manifest.columns.map(({ name, type }) => [name, type]));
  const read = new Map(columns.map(({ name, kind }) => [name, kind]));
  const column = (name: string): InputColumn => {
    const isText = (read.get(name) ?? (declared.get(name) === 'string' ? 'text' : 'number')) === 'text';
    return { name, isText, type: declared.get(name) ?? (isText ? 'string' : 'number') };
  };
  const inputs = new Map<string, InputPort>();
  for (const name of declared.keys()) inputs.set(name, { name, columns: [column(name)], isMatrix: false });
  const [first] = info.inputs;
  const isMatrix = info.inputs.length === 1 && !(columns.length === 1 && columns[0]!.name === first!.name);
  if (isMatrix) {
    const { name } = first!;
    inputs.set(name, { name, columns: columns.map((each) => column(each.name)), isMatrix: true });
  } else {
    for (const { name } of columns) inputs.set(name, { name, columns: [column(name)], isMatrix: false });
  }
  return { inputs, described: info.inputs.map((port) => describe(port)), outputs: findOutputs(servable) };
}

function findOutputs({ info }: Servable): readonly OutputPort[] {
  const roles = outputRoles(info);
  return info.outputs.flatMap((port): OutputPort[] => {
    const role = port.name === roles.label ? 'label' : port.name === roles.scores ? 'scores' : undefined;
    if (role === undefined) return [];
    const isInteger = port.type === 'int64' || port.type === 'int32';
    const classes = info.classes.map((text) =>
      role === 'label' && isInteger && /^-?(0|[1-9]\d*)$/.test(text) ? text : JSON.stringify(text),
    );
    return [{ ...describe(port, role === 'scores' ? info.classes.length : 0), role, classes }];
  });
}

function describe({ name, type, shape }: Port, width = 0): TensorDescription {
  const known = shape.length > 0 ? shape : width > 0 ? [null, width] : [null];
  // Rows are free even where a graph fixes one: the server calls it row by row.
  return {
    name,
    datatype: datatypeOf(type),
    shape: known.map((size, i) => (i === 0 ? -1 : (size ?? (width > 0 && i === 1 ? width : -1)))),
  };
}
