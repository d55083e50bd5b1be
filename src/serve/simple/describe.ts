import type { Json } from '../../base/index.ts';
import type { Servable } from '../../servable/index.ts';
import { labelValues } from '../../servable/index.ts';
import { answeringVersion } from '../answering-version.ts';
import type { Fleet, ServedModel, ServedVersion } from '../fleet.ts';
import type { ApiPart, JsonObject } from '../openapi/api-part.ts';

const examplesShown = 2;

/** The simple way: a path for each model, and one for each version of it that can be named. */
export function describeSimple(fleet: Fleet, maxRows: number): ApiPart {
  const paths: Record<string, Record<string, JsonObject>> = {};
  const schemas: Record<string, JsonObject> = {};
  const names = new Map<string, string>();
  for (const model of fleet.models()) {
    const most = model.limits?.maxRows ?? maxRows;
    const own = componentName(model.name, names);
    Object.assign(schemas, schemasOf(own, model.served));
    paths[`/predict/${encodeURIComponent(model.name)}`] = {
      post: operation(model, model.served, { component: own, most }),
    };
    for (const version of model.versions.values()) {
      const component = componentName(`${model.name}.${version.name}`, names);
      Object.assign(schemas, schemasOf(component, version));
      paths[`/predict/${encodeURIComponent(model.name)}/versions/${encodeURIComponent(version.name)}`] = {
        post: operation(model, version, { component, most, isNamed: true }),
      };
    }
  }
  const tags = fleet.models().map(({ name, served }) => {
    const { lineage } = served.engine.servable.manifest;
    const made = lineage.run === undefined ? '' : `, made by run ${lineage.run}`;
    return { name, description: `The model ${name}; version ${served.name} is served${made}.` };
  });
  return { paths, schemas, tags };
}

interface OperationFacts {
  readonly component: string;
  readonly most: number;
  readonly isNamed?: boolean;
}

function operation(model: ServedModel, version: ServedVersion, facts: OperationFacts): JsonObject {
  const { component, most, isNamed = false } = facts;
  const { golden } = version.engine.servable.manifest;
  const row = { $ref: `#/components/schemas/${component}.row` };
  const of = isNamed ? ` by version ${version.name}` : '';
  const shown = golden.slice(0, examplesShown);
  return {
    tags: [model.name],
    operationId: `predict.${component}`,
    summary: `Predict with ${model.name}${of}`,
    description:
      'One row as an object, or many as an array of objects; answers come in the order of the rows. A missing value is a missing member or null.',
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: { oneOf: [row, { type: 'array', items: row, minItems: 1, maxItems: most }] },
          ...(shown.length === 0
            ? {}
            : { examples: examplesOf(shown.map(({ row: value }) => value as Json)) }),
        },
      },
    },
    responses: {
      '200': {
        description: 'The answer: `prediction` for one row, `predictions` for many.',
        headers: {
          'x-trainyard-model': { schema: { type: 'string' } },
          'x-trainyard-model-version': { schema: { type: 'string' } },
        },
        content: {
          'application/json': {
            schema: { $ref: `#/components/schemas/${component}.answer` },
            ...(shown.length === 0
              ? {}
              : {
                  examples: examplesOf(
                    shown.map(({ answer }) => ({
                      ...answeringVersion(version),
                      request: 'w5nKq3-1f',
                      prediction: answer as unknown as Json,
                    })),
                  ),
                }),
          },
        },
      },
      '404': failure('It was served when this was written, and is not any more.'),
      '413': failure('The body is too large, or it has too many rows.'),
      '422': failure('Rows break rules of the contract: `problems` names row, column and rule.'),
    },
  };
}

function failure(description: string): JsonObject {
  return {
    description,
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Failure' } } },
  };
}

function examplesOf(values: readonly Json[]): JsonObject {
  const all = values.map((value, i) => [`golden-${i + 1}`, { value }] as const);
  return Object.fromEntries(all);
}

function schemasOf(component: string, version: ServedVersion): Record<string, JsonObject> {
  const { servable } = version.engine;
  const { $schema: _, ...row } = servable.schema;
  return {
    [`${component}.row`]: row,
    [`${component}.prediction`]: predictionSchema(servable),
    [`${component}.answer`]: answerSchema({ $ref: `#/components/schemas/${component}.prediction` }),
  };
}

function answerSchema(prediction: JsonObject): JsonObject {
  const facts: JsonObject = {
    model: { type: 'string' },
    version: { type: 'string', description: 'Of the model that answered.' },
    run: { type: 'string', description: 'That made the model.' },
    commit: { type: 'string', description: 'Of the code that made the model.' },
    request: { type: 'string' },
  };
  const required = ['model', 'version', 'request'];
  const answer = (name: string, schema: JsonObject): JsonObject => ({
    type: 'object',
    required: [...required, name],
    properties: { ...facts, [name]: schema },
    additionalProperties: false,
  });
  return {
    oneOf: [answer('prediction', prediction), answer('predictions', { type: 'array', items: prediction })],
  };
}

function predictionSchema({ info }: Servable): JsonObject {
  if (info.task === 'regression') {
    const properties = { value: { type: 'number' } };
    return { type: 'object', required: ['value'], properties, additionalProperties: false };
  }
  // What a model gives as probabilities sums to 1 within rounding.
  const probability = { type: 'number', minimum: -1e-4, maximum: 1.0001 };
  return {
    type: 'object',
    required: ['label', 'probabilities'],
    properties: {
      label: { enum: [...labelValues(info.classes)] },
      probabilities: {
        type: 'object',
        required: [...info.classes],
        properties: Object.fromEntries(info.classes.map((name) => [name, probability])),
        additionalProperties: false,
      },
    },
    additionalProperties: false,
  };
}

/** Components are named with letters, digits, dots, dashes and underscores; two models never share a name. */
function componentName(name: string, known: Map<string, string>): string {
  const plain = name.replace(/[^A-Za-z0-9._-]/g, '_');
  let free = plain;
  for (let i = 2; known.has(free) && known.get(free) !== name; i++) free = `${plain}_${i}`;
  known.set(free, name);
  return free;
}
