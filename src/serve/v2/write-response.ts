import type { Result } from '../../base/index.ts';
import { success } from '../../base/index.ts';
import type { Prediction } from '../../onnx/index.ts';
import { labelValues } from '../../servable/index.ts';
import type { AnsweredRows } from '../answer-rows.ts';
import type { ServeFailure } from '../failures.ts';
import type { ServedVersion } from '../fleet.ts';
import type { HttpReply } from '../http/message.ts';
import { answerHeaders } from '../simple/answer-text.ts';
import type { InferenceRequest, RequestOutput } from './parse-request.ts';
import type { OutputPort } from './ports.ts';
import { portsOf } from './ports.ts';
import { refused } from './refusal.ts';

export const headerLength = 'inference-header-content-length';

export interface ResponseFacts {
  readonly requestId: string;
  readonly rows: number;
}

/** An output of an answer: its JSON without the data, and the data as JSON or as bytes. */
interface WrittenOutput {
  readonly json: string;
  readonly bytes?: Uint8Array;
}

/** The outputs that a request asks for; all of them when it names none. */
export function outputsAskedFor(
  { outputs }: InferenceRequest,
  ports: readonly OutputPort[],
): Result<readonly (readonly [OutputPort, RequestOutput])[], ServeFailure> {
  if (outputs === undefined) return success(ports.map((port) => [port, { name: port.name }] as const));
  const asked: (readonly [OutputPort, RequestOutput])[] = [];
  for (const output of outputs) {
    const port = ports.find(({ name }) => name === output.name);
    if (port === undefined) return refused(`The model has no output ${output.name}`);
    if (output.classification !== undefined && (port.role !== 'scores' || port.classes.length === 0)) {
      return refused(`output ${output.name}: only probabilities of classes can be classified`);
    }
    asked.push([port, output]);
  }
  return success(asked);
}

/** The answer to an inference request. */
export function inferenceReply(
  request: InferenceRequest,
  answered: AnsweredRows,
  { requestId, rows }: ResponseFacts,
): Result<HttpReply, ServeFailure> {
  const { servable } = answered.version.engine;
  const asked = outputsAskedFor(request, portsOf(servable).outputs);
  if (!asked.ok) return asked;
  const written = asked.value.map(([port, output]) => {
    const isBinary = output.binary ?? request.binaryOutputs;
    const { classification } = output;
    if (classification !== undefined) return writeClasses(port, answered, { rows, isBinary, classification });
    return isBinary ? writeBytes(port, answered, rows) : writeJson(port, answered, rows);
  });
  const id = JSON.stringify(request.id ?? requestId);
  const head = `${headOf(answered.version)}"request":${JSON.stringify(requestId)}},"id":${id}`;
  const json = `${head},"outputs":[${written.map((output) => output.json).join(',')}]}`;
  const parts = written.flatMap(({ bytes }) => (bytes === undefined ? [] : [bytes]));
  const headers = answerHeaders(answered.version);
  if (parts.length === 0) return success({ status: 200, type: 'application/json', body: json, headers });
  const header = Buffer.from(json, 'utf8');
  return success({
    status: 200,
    type: 'application/octet-stream',
    body: Buffer.concat([header, ...parts]),
    headers: { ...headers, [headerLength]: String(header.length) },
  });
}

const heads = new WeakMap<ServedVersion, string>();

/** What all answers of a version begin with, up to the parameters. */
function headOf(version: ServedVersion): string {
  let head = heads.get(version);
  if (head === undefined) {
    const { model, lineage } = version.engine.servable.manifest;
    const { run, commit } = lineage;
    const parameters = JSON.stringify({ run, commit }).slice(0, -1);
    const names = JSON.stringify({ model_name: model, model_version: version.name }).slice(0, -1);
    head = `${names},"parameters":${parameters}${parameters === '{' ? '' : ','}`;
    heads.set(version, head);
  }
  return head;
}

function writeJson(port: OutputPort, answered: AnsweredRows, rows: number): WrittenOutput {
  const { prediction, firstRow } = answered;
  if (port.role === 'label' && prediction.task === 'classification') {
    const labels: string[] = [];
    for (let row = firstRow; row < firstRow + rows; row++)
      labels.push(port.classes[prediction.labels[row]!]!);
    return { json: outputJson(port, rows, `"data":[${labels.join(',')}]`) };
  }
  const values = scoresOf(prediction, firstRow, rows);
  const allFinite = values.every(Number.isFinite);
  const numbers = allFinite ? values.join(',') : JSON.stringify([...values]).slice(1, -1);
  return { json: outputJson(port, rows, `"data":[${numbers}]`) };
}

function writeBytes(port: OutputPort, answered: AnsweredRows, rows: number): WrittenOutput {
  const { prediction, firstRow } = answered;
  if (port.role === 'label' && prediction.task === 'classification') {
    const { labels, classes } = prediction;
    const indexes = labels.subarray(firstRow, firstRow + rows);
    if (port.datatype === 'INT64') {
      const values = classes.map((text) => BigInt(text));
      return binaryOutput(
        port,
        rows,
        BigInt64Array.from(indexes, (index) => values[index]!),
      );
    }
    if (port.datatype === 'INT32')
      return binaryOutput(
        port,
        rows,
        indexes.map((index) => Number(classes[index])),
      );
    return binaryOutput(port, rows, textBytes(Array.from(indexes, (index) => classes[index]!)));
  }
  const values = scoresOf(prediction, firstRow, rows);
  return binaryOutput(port, rows, port.datatype === 'FP32' ? Float32Array.from(values) : values);
}

/** The extension `classification`: the best classes of each row as texts `probability:index:label`. */
function writeClasses(
  { name, classes: _, ...port }: OutputPort,
  { prediction, firstRow }: AnsweredRows,
  options: { readonly rows: number; readonly isBinary: boolean; readonly classification: number },
): WrittenOutput {
  if (prediction.task !== 'classification') throw new TypeError('a regression has no classes');
  const { rows, isBinary, classification } = options;
  const { classes, probabilities } = prediction;
  const labels = labelValues(classes);
  const best = Math.min(classification, classes.length);
  const texts: string[] = [];
  for (let row = firstRow; row < firstRow + rows; row++) {
    const of = probabilities.subarray(row * classes.length, (row + 1) * classes.length);
    const order = [...of.keys()].sort((a, b) => of[b]! - of[a]! || a - b);
    for (const index of order.slice(0, best)) texts.push(`${of[index]}:${index}:${labels[index]}`);
  }
  const described: OutputPort = { ...port, name, datatype: 'BYTES', shape: [-1, best], classes: [] };
  if (isBinary) return binaryOutput(described, rows, textBytes(texts));
  return { json: outputJson(described, rows, `"data":${JSON.stringify(texts)}`) };
}

function scoresOf(prediction: Prediction, firstRow: number, rows: number): Float64Array {
  if (prediction.task === 'regression') return prediction.values.subarray(firstRow, firstRow + rows);
  const width = prediction.classes.length;
  return prediction.probabilities.subarray(firstRow * width, (firstRow + rows) * width);
}

function binaryOutput(port: OutputPort, rows: number, values: ArrayBufferView): WrittenOutput {
  // Every platform that the runtime has is little-endian, as the protocol is.
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { json: outputJson(port, rows, `"parameters":{"binary_data_size":${bytes.length}}`), bytes };
}

function outputJson({ name, datatype, shape }: OutputPort, rows: number, rest: string): string {
  const sizes = shape.map((size, i) => (i === 0 ? rows : Math.abs(size)));
  return `{"name":${JSON.stringify(name)},"datatype":"${datatype}","shape":[${sizes.join(',')}],${rest}}`;
}

function textBytes(texts: readonly string[]): Buffer {
  const parts = texts.flatMap((text) => {
    const bytes = Buffer.from(text, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return [length, bytes];
  });
  return Buffer.concat(parts);
}
