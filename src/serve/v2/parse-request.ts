import { isUtf8 } from 'node:buffer';
import type { Failed, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { ServeFailure } from '../failures.ts';
import { serveFailure } from '../failures.ts';
import type { Datatype } from './datatypes.ts';
import { datatypes, isDatatype } from './datatypes.ts';
import { nanAsNull } from './nan-as-null.ts';
import { refused } from './refusal.ts';

/** An inference request whose form was checked, not yet its tensors. */
export interface InferenceRequest {
  readonly id?: string;
  readonly inputs: readonly RequestInput[];
  /** Absent: all of them. */
  readonly outputs?: readonly RequestOutput[];
  /** What `binary_data_output` says of outputs that say nothing. */
  readonly binaryOutputs: boolean;
}

export interface RequestInput {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  /** As it came; absent with `bytes`. */
  readonly data?: unknown;
  /** From `binary_data_size`. */
  readonly bytes?: number;
}

export interface RequestOutput {
  readonly name: string;
  readonly binary?: boolean;
  /** From `classification`: the best classes as texts. */
  readonly classification?: number;
}

/** Triton's limit. */
export const deepest = 100;
/** In bodies up to this size, brackets cannot take much memory however they are nested. */
const harmless = 65_536;
const mostTensors = 10_000;
/** Commas and brackets of their descriptions, about. */
const partsOfTensors = 20 * mostTensors;

/** Reads the JSON of an inference request. */
export function parseRequest(bytes: Buffer, mostValues: number): Result<InferenceRequest, ServeFailure> {
  const json = parseObject(bytes, { mostParts: 2 * mostValues + partsOfTensors });
  if (!json.ok) return json;
  const { id, inputs, outputs } = json.value;
  if (id !== undefined && typeof id !== 'string') return refused('id: expected a text');
  const parameters = parametersOf(json.value);
  if (parameters === undefined) return refused('parameters: expected an object');
  if (!Array.isArray(inputs)) return refused('inputs: expected an array of tensors');
  if (outputs !== undefined && !Array.isArray(outputs)) return refused('outputs: expected an array');
  if (inputs.length + (outputs?.length ?? 0) > mostTensors)
    return refused(`more than ${mostTensors} tensors`);
  const readInputs: RequestInput[] = [];
  const names = new Set<string>();
  for (const [i, value] of inputs.entries()) {
    const input = readInput(value, i);
    if (!input.ok) return input;
    if (names.has(input.value.name)) return refused(`input ${input.value.name} is given twice`);
    names.add(input.value.name);
    readInputs.push(input.value);
  }
  const readOutputs = readOutputList(outputs ?? []);
  if (!readOutputs.ok) return readOutputs;
  return success({
    ...(id === undefined ? {} : { id }),
    inputs: readInputs,
    ...(readOutputs.value.length === 0 ? {} : { outputs: readOutputs.value }),
    binaryOutputs: parameters['binary_data_output'] === true,
  });
}

export interface ParseObjectOptions {
  /** An empty body is an empty object. */
  readonly orEmpty?: boolean;
  /** Commas and opening brackets; a value of a tensor may have both. Default: those of any request without values. */
  readonly mostParts?: number;
}

/** The JSON object of a body. */
export function parseObject(
  bytes: Buffer,
  { orEmpty = false, mostParts = partsOfTensors }: ParseObjectOptions = {},
): Result<Readonly<Record<string, unknown>>, ServeFailure> {
  if (orEmpty && bytes.length === 0) return success({});
  if (bytes.length > harmless) {
    const size = sizeOfJson(bytes, mostParts);
    if (size === 'too deep') return tooDeep();
    if (size === 'too large') return tooManyValues();
  }
  if (!isUtf8(bytes)) return failed(serveFailure('serve-body-not-json', 'The body is not JSON in UTF-8'));
  const value = parseJson(bytes.toString('utf8'));
  if (value === undefined) return failed(serveFailure('serve-body-not-json', 'The body is not JSON'));
  return isObject(value) ? success(value) : refused('The body: expected a JSON object');
}

export function tooDeep(): Failed<ServeFailure> {
  return failed(
    serveFailure('serve-body-too-deep', `The JSON is nested deeper than the limit of ${deepest}`),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The official clients write a missing number as NaN, which JSON has no word for.
    if (!text.includes('NaN')) return undefined;
  }
  try {
    return JSON.parse(nanAsNull(text));
  } catch {
    return undefined;
  }
}

function tooManyValues(): Failed<ServeFailure> {
  const message = 'The request has more values than the rows have that are taken at once';
  return failed(serveFailure('serve-rows-too-many', message));
}

/** Whether brackets are nested deeper, or parts are more, than the limit; before the parser takes time and memory for them. */
function sizeOfJson(bytes: Buffer, mostParts: number): 'too deep' | 'too large' | 'fits' {
  let depth = 0;
  let parts = 0;
  let inText = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (inText) {
      if (byte === 0x5c) i++;
      else if (byte === 0x22) inText = false;
    } else if (byte === 0x22) inText = true;
    else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > deepest) return 'too deep';
      if (++parts > mostParts) return 'too large';
    } else if (byte === 0x5d || byte === 0x7d) depth--;
    else if (byte === 0x2c && ++parts > mostParts) return 'too large';
  }
  return 'fits';
}

function readInput(value: unknown, index: number): Result<RequestInput, ServeFailure> {
  if (!isObject(value)) return refused(`inputs[${index}]: expected an object`);
  const { name, datatype, shape, data } = value;
  if (typeof name !== 'string') return refused(`inputs[${index}].name: expected a text`);
  if (!isDatatype(datatype)) {
    return refused(`input ${name}: expected a datatype of ${datatypes.join(', ')}`);
  }
  if (!isShape(shape)) {
    return refused(`input ${name}: expected a shape of one or two whole numbers that are not negative`);
  }
  const parameters = parametersOf(value);
  if (parameters === undefined) return refused(`input ${name}: expected an object as parameters`);
  if ('shared_memory_region' in parameters)
    return refused(`input ${name}: no shared memory is possible here`);
  const bytes = parameters['binary_data_size'];
  if (bytes === undefined) {
    return data === undefined
      ? refused(`input ${name} has no data`)
      : success({ name, datatype, shape, data });
  }
  if (data !== undefined) return refused(`input ${name} has both data and binary_data_size`);
  if (!isCount(bytes)) return refused(`input ${name}: expected a whole number as binary_data_size`);
  return success({ name, datatype, shape, bytes });
}

function readOutputList(outputs: readonly unknown[]): Result<readonly RequestOutput[], ServeFailure> {
  const read: RequestOutput[] = [];
  const names = new Set<string>();
  for (const [i, value] of outputs.entries()) {
    if (!isObject(value) || typeof value['name'] !== 'string') {
      return refused(`outputs[${i}]: expected an object with a name`);
    }
    const name = value['name'];
    if (names.has(name)) return refused(`output ${name} is asked for twice`);
    names.add(name);
    const parameters = parametersOf(value);
    if (parameters === undefined) return refused(`output ${name}: expected an object as parameters`);
    const { binary_data: binary, classification } = parameters;
    if (binary !== undefined && typeof binary !== 'boolean') {
      return refused(`output ${name}: expected true or false as binary_data`);
    }
    if (classification !== undefined && !(isCount(classification) && classification > 0)) {
      return refused(`output ${name}: expected a positive whole number as classification`);
    }
    if ('shared_memory_region' in parameters)
      return refused(`output ${name}: no shared memory is possible here`);
    read.push({
      name,
      ...(binary === undefined ? {} : { binary }),
      ...(classification === undefined ? {} : { classification }),
    });
  }
  return success(read);
}

/** The parameters of a request or a tensor, which may be absent; `undefined` when they are none. */
export function parametersOf(
  value: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | undefined {
  const { parameters } = value;
  if (parameters === undefined || parameters === null) return {};
  return isObject(parameters) ? parameters : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isShape(value: unknown): value is readonly number[] {
  return Array.isArray(value) && (value.length === 1 || value.length === 2) && value.every(isCount);
}
