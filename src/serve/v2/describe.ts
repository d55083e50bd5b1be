import type { Fleet, ServedModel } from '../fleet.ts';
import type { ApiPart, JsonObject } from '../openapi/api-part.ts';
import { portsOf } from './ports.ts';
import { protocolSchemas } from './schemas.ts';

const tags = ['Open Inference Protocol V2'];

type Paths = Record<string, Record<string, JsonObject>>;

/** What the protocol adds to the description of the API: paths of each model, with the tensors that it takes. */
export function protocolApi(fleet: Fleet): ApiPart {
  const models = fleet.models();
  const paths: Paths = {
    '/v2': { get: operation('v2-server', 'The server and its extensions', { 200: 'V2Server' }) },
    '/v2/health/live': {
      get: operation('v2-live', 'Whether the process answers', { 200: 'V2Live' }, { open: true }),
    },
    '/v2/health/ready': {
      get: operation(
        'v2-ready',
        'Whether every model that was asked for answers',
        { 200: 'V2Ready', 400: 'V2Ready' },
        { open: true },
      ),
    },
    '/v2/models': { get: operation('v2-models', 'Names of the models', { 200: 'V2Models' }) },
    '/v2/models/stats': {
      get: operation('v2-stats', 'Counts of all models since the start of the process', {
        200: 'V2Statistics',
      }),
    },
    '/v2/repository/index': {
      post: operation(
        'v2-index',
        'Models and versions that are loaded, and models that are not ready',
        { 200: 'V2Index', 400: 'V2Error', 413: 'V2Error', 415: 'V2Error' },
        { body: { schema: reference('V2IndexRequest') } },
      ),
    },
  };
  for (const model of models) Object.assign(paths, pathsOf(model));
  return {
    paths,
    schemas: { ...protocolSchemas, ...Object.fromEntries(models.map((model) => requestSchema(model))) },
    tags: [
      {
        name: tags[0]!,
        description:
          'The protocol that KServe, Triton and MLServer speak: a column is a tensor, JSON or binary.',
      },
    ],
  };
}

function pathsOf(model: ServedModel): Paths {
  const { name } = model;
  const at = `/v2/models/${encodeURIComponent(name)}`;
  const versions = [...model.versions.keys()];
  const version: JsonObject = {
    name: 'version',
    in: 'path',
    required: true,
    schema: { type: 'string', enum: versions },
  };
  const about = (path: string, id: string, summary: string, schema: string): Paths => ({
    [`${at}${path}`]: { get: operation(`v2-${id}-${name}`, summary, { 200: schema, 404: 'V2Error' }) },
    [`${at}/versions/{version}${path}`]: {
      get: operation(
        `v2-${id}-version-${name}`,
        `${summary}, of a version`,
        { 200: schema, 404: 'V2Error' },
        { parameters: [version] },
      ),
    },
  });
  const infer = (id: string, parameters: readonly JsonObject[]): JsonObject =>
    operation(
      id,
      `Predictions of ${name} for tensors`,
      {
        200: 'V2InferenceResponse',
        ...errors(400, 404, 413, 415, 500, 503, 504),
      },
      {
        parameters,
        bodyRequired: true,
        body: { schema: reference(requestName(name)), examples: { golden: { value: exampleOf(model) } } },
      },
    );
  return {
    ...about('', 'model', `Inputs and outputs of ${name}`, 'V2Model'),
    ...about('/ready', 'model-ready', `Whether ${name} answers`, 'V2ModelReady'),
    ...about('/config', 'model-config', `Configuration of ${name}`, 'V2Configuration'),
    ...about('/stats', 'model-stats', `Counts of ${name} since the start of the process`, 'V2Statistics'),
    [`${at}/infer`]: { post: infer(`v2-infer-${name}`, []) },
    [`${at}/versions/{version}/infer`]: { post: infer(`v2-infer-version-${name}`, [version]) },
    [`/v2/repository/models/${encodeURIComponent(name)}/load`]: {
      post: operation(
        `v2-load-${name}`,
        'Looks again which version Git says is served',
        { 200: 'V2Empty', ...errors(400, 403, 413, 415, 503) },
        { body: { schema: reference('V2LoadRequest') } },
      ),
    },
    [`/v2/repository/models/${encodeURIComponent(name)}/unload`]: {
      post: operation(`v2-unload-${name}`, 'Refused: Git decides what is served', errors(403)),
    },
  };
}

const requestName = (model: string): string => `V2InferenceRequest-${model}`;

/** The inputs that the model reads, by name; that `data` has as many values as `shape` says is beyond JSON Schema. */
function requestSchema(model: ServedModel): [string, JsonObject] {
  const { inputs, outputs } = portsOf(model.served.engine.servable);
  const schema: JsonObject = {
    title: `Inference request to ${model.name}`,
    allOf: [
      reference('V2InferenceRequest'),
      {
        type: 'object',
        properties: {
          inputs: { items: { properties: { name: { enum: [...inputs.keys()] } } } },
          outputs: { items: { properties: { name: { enum: outputs.map(({ name }) => name) } } } },
        },
      },
    ],
  };
  return [requestName(model.name), schema];
}

function exampleOf({ served }: ServedModel): JsonObject {
  const { servable } = served.engine;
  const { described, inputs } = portsOf(servable);
  const row = servable.manifest.golden[0]?.row ?? {};
  return {
    inputs: described.map(({ name, datatype }) => {
      const { columns } = inputs.get(name)!;
      return {
        name,
        datatype,
        shape: [1, columns.length],
        data: columns.map((column) => row[column.name] ?? null),
      };
    }),
  };
}

interface OperationOptions {
  readonly parameters?: readonly JsonObject[];
  readonly body?: JsonObject;
  readonly bodyRequired?: boolean;
  /** Whether nobody has to say who they are. */
  readonly open?: boolean;
}

function operation(
  id: string,
  summary: string,
  responses: Readonly<Record<number, string>>,
  { parameters = [], body, bodyRequired = false, open = false }: OperationOptions = {},
): JsonObject {
  return {
    operationId: id,
    summary,
    tags,
    ...(parameters.length === 0 ? {} : { parameters: [...parameters] }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: bodyRequired, content: { 'application/json': body } } }),
    ...(open ? { security: [] } : {}),
    responses: Object.fromEntries(
      Object.entries(responses).map(([status, schema]) => [
        status,
        {
          description: Number(status) < 300 ? 'The answer' : 'Why there is none',
          content: { 'application/json': { schema: reference(schema) } },
        },
      ]),
    ),
  };
}

function errors(...statuses: readonly number[]): Record<number, string> {
  return Object.fromEntries(statuses.map((status) => [status, 'V2Error']));
}

function reference(schema: string): JsonObject {
  return { $ref: `#/components/schemas/${schema}` };
}
