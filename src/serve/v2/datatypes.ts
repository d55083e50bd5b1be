import type { TensorType } from '../../onnx/index.ts';

/** The datatypes of the Open Inference Protocol that requests may use here. */
export type Datatype =
  | 'BOOL'
  | 'UINT8'
  | 'UINT16'
  | 'UINT32'
  | 'UINT64'
  | 'INT8'
  | 'INT16'
  | 'INT32'
  | 'INT64'
  | 'FP32'
  | 'FP64'
  | 'BYTES';

interface NumberKind {
  /** Of one element in binary data. */
  readonly bytes: number;
  /** The least and the greatest value; for 64 bits, those that a double holds exactly. */
  readonly range: readonly [number, number];
  readonly integer: boolean;
}

const safe = Number.MAX_SAFE_INTEGER;
const greatestFloat = 3.4028234663852886e38;

export const numberKinds: Readonly<Record<Exclude<Datatype, 'BOOL' | 'BYTES'>, NumberKind>> = {
  UINT8: { bytes: 1, range: [0, 2 ** 8 - 1], integer: true },
  UINT16: { bytes: 2, range: [0, 2 ** 16 - 1], integer: true },
  UINT32: { bytes: 4, range: [0, 2 ** 32 - 1], integer: true },
  UINT64: { bytes: 8, range: [0, safe], integer: true },
  INT8: { bytes: 1, range: [-(2 ** 7), 2 ** 7 - 1], integer: true },
  INT16: { bytes: 2, range: [-(2 ** 15), 2 ** 15 - 1], integer: true },
  INT32: { bytes: 4, range: [-(2 ** 31), 2 ** 31 - 1], integer: true },
  INT64: { bytes: 8, range: [-safe, safe], integer: true },
  FP32: { bytes: 4, range: [-greatestFloat, greatestFloat], integer: false },
  FP64: { bytes: 8, range: [-Number.MAX_VALUE, Number.MAX_VALUE], integer: false },
};

export const datatypes: readonly Datatype[] = ['BOOL', ...(Object.keys(numberKinds) as Datatype[]), 'BYTES'];

export function isDatatype(text: unknown): text is Datatype {
  return datatypes.includes(text as Datatype);
}

const ofTensors: Readonly<Record<TensorType, Datatype>> = {
  float: 'FP32',
  double: 'FP64',
  int64: 'INT64',
  int32: 'INT32',
  bool: 'BOOL',
  string: 'BYTES',
};

export function datatypeOf(type: TensorType): Datatype {
  return ofTensors[type];
}
