import type { JsonObject } from '../openapi/api-part.ts';
import { datatypes } from './datatypes.ts';

const text: JsonObject = { type: 'string' };
const count: JsonObject = { type: 'integer', minimum: 0 };
const boolean: JsonObject = { type: 'boolean' };
const parameters: JsonObject = { type: ['object', 'null'], description: 'Of extensions of the protocol.' };

function list(items: JsonObject, more: JsonObject = {}): JsonObject {
  return { type: 'array', items, ...more };
}

function object(properties: JsonObject, required: readonly string[] = Object.keys(properties)): JsonObject {
  return { type: 'object', properties, required: [...required] };
}

const duration = object({ count, ns: { type: 'number', minimum: 0 } });

const tensor = object({ name: text, datatype: text, shape: list({ type: 'integer' }) });

const port = object({ name: text, data_type: text, dims: list({ type: 'integer' }) });

/** JSON Schemas of the protocol, the same for every model. */
export const protocolSchemas: Readonly<Record<string, JsonObject>> = {
  V2Error: object({ error: text }),
  V2Empty: object({}),
  V2Server: object({ name: text, version: text, extensions: list(text) }),
  V2Live: object({ live: boolean }),
  V2Ready: object({ ready: boolean }),
  V2Models: object({ models: list(text) }),
  V2Model: object({
    name: text,
    versions: list(text),
    platform: text,
    inputs: list(tensor),
    outputs: list(tensor),
  }),
  V2ModelReady: object({ name: text, ready: boolean }),
  V2Configuration: object({
    name: text,
    platform: text,
    backend: text,
    version_policy: { type: 'object' },
    max_batch_size: count,
    input: list(port),
    output: list(port),
  }),
  V2Statistics: object({
    model_stats: list(
      object({
        name: text,
        version: text,
        last_inference: { ...count, description: 'Milliseconds since 1970.' },
        inference_count: { ...count, description: 'Rows that were answered.' },
        execution_count: { ...count, description: 'Calls of the runtime.' },
        inference_stats: { type: 'object', additionalProperties: duration },
        batch_stats: list(object({ batch_size: count }, ['batch_size'])),
      }),
    ),
  }),
  V2IndexRequest: object({ ready: { ...boolean, description: 'Only models that answer.' } }, []),
  V2Index: list(
    object({
      name: text,
      version: text,
      state: { type: 'string', enum: ['READY', 'UNAVAILABLE'] },
      reason: text,
    }),
  ),
  V2LoadRequest: object({ parameters: { type: ['object', 'null'], maxProperties: 0 } }, []),
  V2InferenceRequest: object(
    {
      id: { ...text, description: 'Comes back in the answer.' },
      parameters: {
        ...parameters,
        description: 'binary_data_output: all outputs as binary data after the JSON.',
      },
      inputs: list(
        object(
          {
            name: text,
            datatype: { type: 'string', enum: [...datatypes] },
            shape: list(count, {
              minItems: 1,
              maxItems: 2,
              description: 'Rows, and for an input of several columns their number.',
            }),
            parameters,
            data: {
              type: 'array',
              description:
                'Row by row, flat or nested; null is a missing value. As many values as the shape says.',
            },
          },
          ['name', 'datatype', 'shape', 'data'],
        ),
        { minItems: 1 },
      ),
      outputs: list(
        object(
          {
            name: text,
            parameters: {
              type: ['object', 'null'],
              properties: { binary_data: boolean, classification: { type: 'integer', minimum: 1 } },
            },
          },
          ['name'],
        ),
        { description: 'Those that are wanted; all of them when it is absent.' },
      ),
    },
    ['inputs'],
  ),
  V2InferenceResponse: object(
    {
      model_name: text,
      model_version: text,
      id: text,
      parameters: object({ run: text, commit: text, request: text }, ['request']),
      outputs: list(
        object(
          {
            name: text,
            datatype: text,
            shape: list(count),
            parameters: { type: 'object' },
            data: { type: 'array' },
          },
          ['name', 'datatype', 'shape'],
        ),
      ),
    },
    ['model_name', 'model_version', 'id', 'outputs'],
  ),
};
