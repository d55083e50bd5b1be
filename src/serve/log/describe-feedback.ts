import { labelValues } from '../../servable/index.ts';
import type { Fleet, ServedModel } from '../fleet.ts';
import type { ApiPart, JsonObject } from '../openapi/api-part.ts';
import type { PredictionLog } from './open-log.ts';

/** What `/openapi.json` says of `/feedback`: a path for each model that keeps a log, and one for all of them. */
export function describeFeedback(fleet: Fleet, log: Pick<PredictionLog, 'of'>, maxItems: number): ApiPart {
  const logged = fleet.models().filter(({ name }) => log.of(name) !== undefined);
  const paths = Object.fromEntries(
    logged.map((model) => [
      `/feedback/${encodeURIComponent(model.name)}`,
      operation(`feedback-${model.name}`, `Tell what was true of rows that ${model.name} answered`, {
        type: 'object',
        required: ['request', 'label'],
        properties: { ...members, label: labelSchema(model) },
        additionalProperties: false,
      }),
    ]),
  );
  const item: JsonObject = {
    type: 'object',
    required: fleet.models().length === 1 ? ['request', 'label'] : ['request', 'label', 'model'],
    properties: {
      ...members,
      model: { type: 'string', enum: logged.map(({ name }) => name) },
      label: { anyOf: logged.map(labelSchema) },
    },
    additionalProperties: false,
  };
  if (logged.length === 0) return { paths: {} };
  return {
    tags: [{ name: 'feedback', description: 'What was true, as it becomes known.' }],
    schemas: { FeedbackAnswer: answer },
    paths: { ...paths, '/feedback': operation('feedback', 'Tell what was true of rows of any model', item) },
  };

  function operation(operationId: string, summary: string, schema: JsonObject): Record<string, JsonObject> {
    const many = { type: 'array', minItems: 1, maxItems, items: schema };
    return {
      post: {
        tags: ['feedback'],
        operationId,
        summary,
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { anyOf: [schema, many] } } },
        },
        responses: {
          '202': reply('Those items that are not among the errors are recorded.', [answerRef]),
          '404': reply('There is no such model, or it keeps no log.', [failureRef]),
          '422': reply('Nothing of it can be recorded.', [answerRef, failureRef]),
        },
      },
    };
  }
}

const answerRef: JsonObject = { $ref: '#/components/schemas/FeedbackAnswer' };
const failureRef: JsonObject = { $ref: '#/components/schemas/Failure' };

function reply(description: string, schemas: readonly JsonObject[]): JsonObject {
  const schema = schemas.length === 1 ? schemas[0]! : { anyOf: [...schemas] };
  return { description, content: { 'application/json': { schema } } };
}

const members: Readonly<Record<string, JsonObject>> = {
  request: {
    type: 'string',
    pattern: '^[A-Za-z0-9._:+/=-]{1,128}$',
    description: 'Id of the request, as its answer says it; it may have been answered by another server.',
  },
  row: {
    type: 'integer',
    minimum: 0,
    maximum: 999_999,
    description: 'Of the request, from 0, which it is without it.',
  },
  time: { type: ['string', 'null'], format: 'date-time', description: 'When it became known, in ISO 8601.' },
};

function labelSchema({ served }: ServedModel): JsonObject {
  const { info } = served.engine.servable;
  return info.task === 'regression' ? { type: 'number' } : { enum: [...labelValues(info.classes)] };
}

const answer: JsonObject = {
  type: 'object',
  required: ['accepted', 'repeated', 'errors', 'request'],
  properties: {
    accepted: { type: 'integer', minimum: 0, description: 'Items that are recorded now.' },
    repeated: { type: 'integer', minimum: 0, description: 'Items that were recorded already.' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['item', 'code', 'message'],
        properties: {
          item: { type: 'integer', minimum: 0, description: 'Of the array, from 0.' },
          code: { enum: ['shape', 'request', 'row', 'label', 'time', 'model', 'log-off'] },
          message: { type: 'string' },
        },
        additionalProperties: false,
      },
    },
    request: { type: 'string' },
  },
  additionalProperties: false,
};
