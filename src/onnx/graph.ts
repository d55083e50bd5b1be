/** Attribute values of an ONNX node; numbers in arrays are floats when `floats`, integers when `ints`. */
export type Attribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'ints'; readonly values: readonly number[] | Int32Array }
  | { readonly kind: 'floats'; readonly values: readonly number[] | Float32Array }
  | { readonly kind: 'strings'; readonly values: readonly string[] }
  | { readonly kind: 'tensor'; readonly tensor: Constant };

export type Constant =
  | { readonly type: 'double'; readonly dims: readonly number[]; readonly values: Float64Array }
  | { readonly type: 'float'; readonly dims: readonly number[]; readonly values: Float32Array }
  | { readonly type: 'int64'; readonly dims: readonly number[]; readonly values: readonly number[] }
  | { readonly type: 'uint8'; readonly dims: readonly number[]; readonly values: Uint8Array }
  | { readonly type: 'string'; readonly dims: readonly number[]; readonly values: readonly string[] };

/** Puts an ONNX graph together, node by node. Names are made unique; the same calls give the same bytes. */
export interface GraphBuilder {
  /** Adds a constant (an initializer) and returns its name. */
  constant(name: string, constant: Constant): string;
  /** Adds a node and returns the names of its outputs. `domain` is `''` or `ai.onnx.ml`. */
  node(operator: string, inputs: readonly string[], options?: NodeOptions): string[];
}

export interface NodeOptions {
  readonly domain?: '' | 'ai.onnx.ml';
  readonly outputs?: number;
  readonly attributes?: Readonly<Record<string, Attribute>>;
}
