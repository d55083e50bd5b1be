import { isUtf8 } from 'node:buffer';
import type { Result } from '../../base/index.ts';
import { success } from '../../base/index.ts';
import type { ServeFailure } from '../failures.ts';
import type { HttpRequest } from '../http/message.ts';
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
  if (length === 0 && text !== undefined) {
    const raw = rawRequest(body, ports);
    return raw.ok ? rowsOf(raw.value, raw.value.inputs[0]!.bytes === undefined ? nothing : body) : raw;
  }
  const columns = [...ports.inputs.values()].reduce((sum, port) => sum + port.columns.length, 0);
  const parsed = parseRequest(body.subarray(0, length), maxRows * columns);
  return parsed.ok ? rowsOf(parsed.value, body.subarray(length)) : parsed;

  function rowsOf(inference: InferenceRequest, binary: Buffer): Result<ReadInference, ServeFailure> {
    const rows = readRows(inference, ports, { maxRows, binary });
    return rows.ok ? success({ inference, rows: rows.value }) : rows;
  }
}

const nothing = Buffer.alloc(0);

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
  if (datatype === 'BYTES') return rawText(name, body, columns);
  const row = columns * (datatype === 'BOOL' ? 1 : numberKinds[datatype].bytes);
  if (body.length % row !== 0)
    return refused(`input ${name}: ${body.length} bytes are no rows of ${row} bytes`);
  const shape = [body.length / row, columns];
  return success({ inputs: [{ name, datatype, shape, bytes: body.length }], binaryOutputs: true });
}

/** One text, without its length: the body. */
function rawText(name: string, body: Buffer, columns: number): Result<InferenceRequest, ServeFailure> {
  if (columns !== 1) return refused(`input ${name}: a raw request holds one text, a row has ${columns}`);
  if (!isUtf8(body)) return refused(`input ${name}: expected a text in UTF-8`);
  const data = [body.toString('utf8')];
  return success({ inputs: [{ name, datatype: 'BYTES', shape: [1, 1], data }], binaryOutputs: true });
}
