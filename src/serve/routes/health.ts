import type { Fleet } from '../fleet.ts';
import type { HttpReply, Route } from '../http/message.ts';
import type { ApiPart, JsonObject } from '../openapi/api-part.ts';

/** `/health/live`: the process answers. `/health/ready`: every model that was asked for answers. */
export function healthRoutes(fleet: Fleet): readonly Route[] {
  return [
    { method: 'GET', path: '/health/live', needs: 'open', handle: () => json(200, { live: true }) },
    {
      method: 'GET',
      path: '/health/ready',
      needs: 'open',
      handle: () => {
        const readiness = fleet.readiness();
        return json(readiness.ready ? 200 : 503, readiness);
      },
    },
  ];
}

function json(status: number, value: unknown): HttpReply {
  return {
    status,
    type: 'application/json',
    body: JSON.stringify(value),
    headers: { 'cache-control': 'no-store' },
  };
}

const readiness: JsonObject = {
  type: 'object',
  required: ['ready', 'models'],
  properties: {
    ready: { type: 'boolean' },
    models: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        required: ['ready', 'because'],
        properties: { ready: { type: 'boolean' }, because: { type: 'string' } },
        additionalProperties: false,
      },
    },
    notes: { type: 'array', items: { type: 'string' } },
  },
  additionalProperties: false,
};

export function describeHealth(): ApiPart {
  const schema = { $ref: '#/components/schemas/Readiness' };
  return {
    tags: [{ name: 'operation', description: 'For those who run the server.' }],
    schemas: { Readiness: readiness },
    paths: {
      '/health/live': {
        get: {
          tags: ['operation'],
          operationId: 'live',
          summary: 'Whether the process answers',
          security: [],
          responses: {
            '200': {
              description: 'It does.',
              content: {
                'application/json': {
                  schema: { type: 'object', required: ['live'], properties: { live: { const: true } } },
                },
              },
            },
          },
        },
      },
      '/health/ready': {
        get: {
          tags: ['operation'],
          operationId: 'ready',
          summary: 'Whether every model that was asked for answers',
          security: [],
          responses: {
            '200': { description: 'All of them do.', content: { 'application/json': { schema } } },
            '503': {
              description: 'Some do not, or the server is ending.',
              content: {
                'application/json': { schema: { anyOf: [schema, { $ref: '#/components/schemas/Failure' }] } },
              },
            },
          },
        },
      },
      '/metrics': {
        get: {
          tags: ['operation'],
          operationId: 'metrics',
          summary: 'Metrics for Prometheus',
          responses: {
            '200': {
              description: 'In the text format of Prometheus.',
              content: { 'text/plain; version=0.0.4; charset=utf-8': { schema: { type: 'string' } } },
            },
          },
        },
      },
    },
  };
}
