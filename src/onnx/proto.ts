import type proto from 'onnx-proto';

/** The generated classes of ONNX's protobuf schema. */
export type Proto = typeof proto.onnx;
export type GraphProto = proto.onnx.IGraphProto;
export type NodeProto = proto.onnx.INodeProto;
export type AttributeProto = proto.onnx.IAttributeProto;
export type ValueInfoProto = proto.onnx.IValueInfoProto;
export type TensorProto = proto.onnx.ITensorProto;

/** Loads them when they are needed first: 30 ms that most commands save. */
export async function loadProto(): Promise<Proto> {
  return (await import('onnx-proto')).default.onnx;
}

/** `TensorProto.DataType`, as far as models exchange it with us. */
export const dataTypes = {
  float: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  double: 11,
} as const;
