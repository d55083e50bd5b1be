import type { Result } from '../../base/index.ts';
import { success } from '../../base/index.ts';
import type { ServeFailure } from '../failures.ts';
import type { HttpRequest } from '../http/message.ts';
import type { Datatype } from './datatypes.ts';
import { numberKinds } from './datatypes.ts';
import type { InferenceRequest } from './parse-request.ts';
import { parseRequest } from './parse-request.ts';
import type { ProtocolPorts } from './ports.ts';
import type { Rows } from './read-rows.ts';
import { readRows } from './read-rows.ts';
import { refused } from './refusal.ts';
import { headerLength } from './write-response.ts';

export interface ReadInference {
  readonly inference: InferenceRequest;
  readonly rows: Rows;
}

export interface ReadInferenceOptions {
  readonly ports: ProtocolPorts;
  readonly maxRows: number;
}

/** The rows of a request, and how it wants its answer. */
export function readInference(
  { headers }: HttpRequest,
  body: Buffer,
  { ports, maxRows }: ReadInferenceOptions,
): Result<ReadInference, ServeFailure> {
  const text = headers[headerLength] as string | undefined;
  const length = text === undefined ? body.length : /^\d{1,15}$/.test(text) ? Number(text) : -1;
  if (length < 0 || length > body.length) {
    return refused(`${headerLength}: expected the length of the JSON in the body of ${body.length} bytes`);
  }
  const isRaw = length === 0 && text !== undefined;
  const parsed = isRaw ? rawRequest(body, ports) : parseRequest(body.subarray(0, length));
  if (!parsed.ok) return parsed;
  const rows = readRows(parsed.value, ports, { maxRows, binary: body.subarray(length) });
  return rows.ok ? success({ inference: parsed.value, rows: rows.value }) : rows;
}

/** A body that is nothing but the tensor of a model's only input; its shape follows from its size. */
function rawRequest(
  body: Buffer,
  { described, inputs }: ProtocolPorts,
): Result<InferenceRequest, ServeFailure> {
  const [input] = described;
  if (input === undefined || described.length !== 1) {
    return refused(`A raw request is possible with 1 input, the model has ${described.length}`);
  }
  const { name, datatype } = input;
  const columns = inputs.get(name)!.columns.length;
  const row = bytesOfRow(datatype, columns);
  if (row === undefined) return refused(`input ${name}: no raw request is possible with ${datatype}`);
  if (body.length % row !== 0)
    return refused(`input ${name}: ${body.length} bytes are no rows of ${row} bytes`);
  const shape = [body.length / row, columns];
  return success({ inputs: [{ name, datatype, shape, bytes: body.length }], binaryOutputs: true });
}

function bytesOfRow(datatype: Datatype, columns: number): number | undefined {
  if (datatype === 'BYTES') return undefined;
  return columns * (datatype === 'BOOL' ? 1 : numberKinds[datatype].bytes);
}
