import { isZipMap } from './classes.ts';
import type { Outline, OutlineNode, OutlineValue } from './outline.ts';
import { dataTypes } from './proto.ts';
import type { Span } from './wire.ts';
import { eachField, joinBytes, writeField } from './wire.ts';

/** A model whose outputs are all tensors, and what was done to it, for people. */
export interface RepairedModel {
  readonly bytes: Uint8Array;
  readonly repairs: readonly string[];
}

/**
 * Turns ZipMaps (probabilities as a list of dictionaries, the default of converters, which JavaScript cannot read)
 * into the tensors that they were made of, and drops other outputs that are no tensors. What was right stays byte by
 * byte; the classes that a ZipMap named are kept as metadata.
 */
export function repairOutline(model: Outline, classes: readonly string[] | undefined): RepairedModel {
  const broken = new Map(
    model.outputs
      .filter(({ elementType }) => elementType === undefined)
      .map((output) => [output.name, output]),
  );
  if (broken.size === 0) return { bytes: model.bytes, repairs: [] };
  const repairs: string[] = [];
  const graph = new Map<Span, Uint8Array | undefined>();
  for (const node of model.nodes) {
    const output = broken.get(node.outputs[0] ?? '');
    if (output === undefined || !isZipMap(node)) continue;
    broken.delete(output.name);
    graph.set(node.span, identity(node));
    graph.set(output.span, tensorOutput(output.name, classes?.length));
    repairs.push(`output ${output.name}: ZipMap replaced by its tensor`);
  }
  for (const output of broken.values()) {
    graph.set(output.span, undefined);
    repairs.push(`output ${output.name}: dropped, since it is no tensor`);
  }
  const additions: Uint8Array[] = [];
  // ZipMap is of ai.onnx.ml, Identity of the default domain, which a model of trees alone need not have.
  if (model.opsets[''] === undefined && model.opsets['ai.onnx'] === undefined) {
    additions.push(writeField(8, joinBytes([writeField(1, ''), writeField(2, 13)])));
  }
  if (classes !== undefined && model.metadata['trainyard.classes'] === undefined) {
    const value = JSON.stringify(classes);
    additions.push(writeField(14, joinBytes([writeField(1, 'trainyard.classes'), writeField(2, value)])));
  }
  const whole = { bytes: model.bytes, start: 0, end: model.bytes.length };
  const changed = new Map([[model.graph.start, replaceFields(model.graph, startsOf(graph))]]);
  return { bytes: joinBytes([replaceFields(whole, changed), ...additions]), repairs };
}

function startsOf(
  spans: ReadonlyMap<Span, Uint8Array | undefined>,
): ReadonlyMap<number, Uint8Array | undefined> {
  return new Map([...spans].map(([{ start }, bytes]) => [start, bytes]));
}

/** The message with other payloads for the fields that start at these places; `undefined` leaves a field out. */
function replaceFields(
  { bytes, start: first, end: last }: Span,
  payloads: ReadonlyMap<number, Uint8Array | undefined>,
): Uint8Array {
  const parts: Uint8Array[] = [];
  eachField({ bytes, start: first, end: last }, (field, _wire, start, end, _value, from) => {
    if (!payloads.has(start)) parts.push(bytes.subarray(from, end));
    else {
      const payload = payloads.get(start);
      if (payload !== undefined) parts.push(writeField(field, payload));
    }
  });
  return joinBytes(parts);
}

function identity(zipMap: OutlineNode): Uint8Array {
  return joinBytes([
    ...zipMap.inputs.map((name) => writeField(1, name)),
    ...zipMap.outputs.map((name) => writeField(2, name)),
    writeField(3, zipMap.name),
    writeField(4, 'Identity'),
  ]);
}

/** A ZipMap takes a tensor of floats [N, classes]. */
function tensorOutput(name: OutlineValue['name'], classes: number | undefined): Uint8Array {
  const rows = writeField(1, writeField(2, 'N'));
  const columns = writeField(1, classes === undefined ? new Uint8Array() : writeField(1, classes));
  const tensor = joinBytes([writeField(1, dataTypes.float), writeField(2, joinBytes([rows, columns]))]);
  return joinBytes([writeField(1, name), writeField(2, writeField(1, tensor))]);
}
