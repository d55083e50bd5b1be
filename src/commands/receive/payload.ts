import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { ReceiveFailure } from './failures.ts';
import { payloadKey, payloadLarge, payloadMissing, payloadType } from './failures.ts';

/** What the event `trainyard` of another system asks for: `client_payload` of a `repository_dispatch`. */
export interface DispatchPayload {
  /** Names of pipelines; none for all. */
  readonly pipelines: readonly string[];
  readonly data?: SentData;
}

export interface SentData {
  readonly dataset: string;
  readonly from:
    | { readonly kind: 'rows'; readonly rows: readonly object[] }
    | { readonly kind: 'address'; readonly address: string; readonly sha256?: string };
}

/** What GitHub takes along: https://docs.github.com/en/rest/repos/repos#create-a-repository-dispatch-event */
const mostBytes = 65_535;
const mostPipelines = 100;
const mostRows = 10_000;

type Read<T> = Result<T, ReceiveFailure>;
type Members = Readonly<Record<string, unknown>>;

/** Reads what a stranger wrote: every member is known and of its type, nothing is nested further, nothing is left over. */
export function readPayload(payload: unknown): Read<DispatchPayload> {
  if (payload === undefined || payload === null) return success({ pipelines: [] });
  const read = readObject(payload, 'client_payload', ['pipelines', 'data']);
  if (!read.ok) return read;
  const pipelines = readPipelines(read.value['pipelines']);
  if (!pipelines.ok) return pipelines;
  const { data } = read.value;
  if (data === undefined || data === null) return success({ pipelines: pipelines.value });
  const sent = readData(data);
  return sent.ok ? success({ pipelines: pipelines.value, data: sent.value }) : sent;
}

function readPipelines(value: unknown): Read<readonly string[]> {
  const where = 'client_payload.pipelines';
  if (value === undefined || value === null) return success([]);
  const list: unknown = typeof value === 'string' ? value.split(',').map((name) => name.trim()) : value;
  if (!Array.isArray(list)) return failed(payloadType(where, kindOf(value), 'a list of names'));
  if (list.length > mostPipelines) return failed(payloadLarge(where, `${mostPipelines} names`));
  const names = list.filter((name) => name !== '') as readonly unknown[];
  const wrong = names.findIndex(
    (name) => typeof name !== 'string' || name.length > 64 || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name),
  );
  if (wrong < 0) return success(names as readonly string[]);
  return failed(payloadType(`${where}[${wrong}]`, kindOf(names[wrong]), 'the name of a pipeline'));
}

function readData(value: unknown): Read<SentData> {
  const where = 'client_payload.data';
  const read = readObject(value, where, ['dataset', 'rows', 'address', 'sha256']);
  if (!read.ok) return read;
  const { dataset, rows, address, sha256 } = read.value;
  if (dataset === undefined) return failed(payloadMissing(where, 'the name of a `dataset`'));
  if (typeof dataset !== 'string' || dataset.length > 100 || !/^[A-Za-z_][A-Za-z0-9_-]*$/.test(dataset)) {
    return failed(payloadType(`${where}.dataset`, kindOf(dataset), 'the name of a dataset'));
  }
  if ((rows === undefined) === (address === undefined)) {
    return failed(payloadMissing(where, 'either `rows` or an `address`, one of them'));
  }
  if (rows !== undefined) {
    if (sha256 !== undefined) return failed(payloadKey(where, 'sha256', ['dataset', 'rows']));
    const found = readRows(rows, `${where}.rows`);
    return found.ok ? success({ dataset, from: { kind: 'rows', rows: found.value } }) : found;
  }
  if (typeof address !== 'string') return failed(payloadType(`${where}.address`, kindOf(address), 'a text'));
  if (sha256 === undefined) return success({ dataset, from: { kind: 'address', address } });
  const digest = typeof sha256 === 'string' ? /^(?:sha256:)?([0-9a-f]{64})$/.exec(sha256)?.[1] : undefined;
  if (digest === undefined) {
    return failed(payloadType(`${where}.sha256`, kindOf(sha256), '64 digits from 0 to 9 and a to f'));
  }
  return success({ dataset, from: { kind: 'address', address, sha256: digest } });
}

function readRows(value: unknown, where: string): Read<readonly object[]> {
  if (!Array.isArray(value)) return failed(payloadType(where, kindOf(value), 'a list of objects'));
  if (value.length === 0) return failed(payloadMissing(where, 'a row'));
  if (value.length > mostRows) return failed(payloadLarge(where, `${mostRows} rows`));
  let bytes = 0;
  for (const [i, row] of value.entries()) {
    if (!isObject(row)) return failed(payloadType(`${where}[${i}]`, kindOf(row), 'an object'));
    for (const [name, cell] of Object.entries(row)) {
      if (typeof cell === 'object' && cell !== null) {
        const at = `${where}[${i}][${JSON.stringify(name.slice(0, 60))}]`;
        return failed(payloadType(at, kindOf(cell), 'a text, a number, true, false or null'));
      }
      bytes += Buffer.byteLength(name) + (typeof cell === 'string' ? Buffer.byteLength(cell) : 4);
      if (bytes > mostBytes) return failed(payloadLarge(where, `the ${mostBytes} bytes that an event holds`));
    }
  }
  return success(value as readonly object[]);
}

/** Own members alone count; `__proto__` is a name like others, and is not known. */
function readObject(value: unknown, where: string, known: readonly string[]): Read<Members> {
  if (!isObject(value)) return failed(payloadType(where, kindOf(value), 'an object'));
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) return failed(payloadKey(where, unknown, known));
  return success(Object.assign(Object.create(null), value) as Members);
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'object':
      return 'an object';
    case 'string':
      return value.length > 60 ? 'a longer text' : `the text ${JSON.stringify(value)}`;
    case 'number':
    case 'boolean':
      return String(value);
    default:
      return 'nothing';
  }
}
