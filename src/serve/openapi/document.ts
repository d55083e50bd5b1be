import type { Fleet } from '../fleet.ts';
import type { ApiPart, DescribeApi, JsonObject } from './api-part.ts';
import { errorSchemas } from './error-schemas.ts';

export interface DocumentOptions {
  readonly serverVersion: string;
  readonly parts: readonly DescribeApi[];
  /** Whether callers have to say who they are. */
  readonly hasAccess: boolean;
}

const ofSimpleWay: JsonObject = { $ref: '#/components/schemas/Failure' };

/** The OpenAPI 3.1 document of everything that is served now. */
export function openApiDocument(fleet: Fleet, options: DocumentOptions): JsonObject {
  const parts = options.parts.map((describe) => describe(fleet));
  const paths: Record<string, JsonObject> = {};
  const schemas: Record<string, JsonObject> = { ...errorSchemas };
  for (const part of parts) {
    Object.assign(schemas, part.schemas);
    for (const [path, methods] of Object.entries(part.paths)) {
      const operations = Object.entries(methods).map(
        ([method, operation]) => [method, complete(operation, part, options)] as const,
      );
      paths[path] = { ...paths[path], ...Object.fromEntries(operations) };
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Predictions',
      summary: fleet
        .models()
        .map(({ name, served }) => `${name} ${served.name}`)
        .join(', '),
      description:
        'Every answer says which version of which model gave it, made by which run from which commit.',
      version: options.serverVersion,
    },
    servers: [{ url: '/' }],
    tags: parts.flatMap(({ tags = [] }) => tags.map((tag) => ({ ...tag }))),
    paths,
    components: {
      schemas,
      headers: answerHeaders,
      ...(options.hasAccess ? { securitySchemes } : {}),
    },
    ...(options.hasAccess ? { security: [{ bearer: [] }, { key: [] }] } : {}),
  };
}

const securitySchemes: JsonObject = {
  bearer: { type: 'http', scheme: 'bearer', description: 'A key, or a token of the issuer (JWT).' },
  key: { type: 'apiKey', in: 'header', name: 'x-api-key' },
};

const answerHeaders: JsonObject = {
  'x-request-id': {
    description: 'Names this request: the one that was sent, when it is a plain name, else a new one.',
    required: true,
    schema: { type: 'string', maxLength: 128 },
  },
};

/** What can come of any request, whatever it asks for. */
const always: Readonly<Record<string, string>> = {
  '400': 'The request cannot be read.',
  '405': 'There is something at this path, and not by this method.',
  '408': 'The request did not arrive in time.',
  '431': 'The headers are too large, or too many.',
  '500': 'A mistake of the server; its log tells more, under the id of the request.',
  '503': 'The server has too much to do, is not ready, or is ending: try again after `Retry-After` seconds.',
  '504': 'There was no answer in time.',
};

const withBody: Readonly<Record<string, string>> = {
  '413': 'The body is too large.',
  '415': 'The body is said to be something else than JSON.',
};

const withAccess: Readonly<Record<string, string>> = {
  '401': 'Nobody said who asks, or the key or token is not accepted.',
  '403': 'Whoever asks may not do this.',
  '429': 'Whoever asks has asked too often: try again after `Retry-After` seconds.',
};

/** Some of these come before a route is found, in the words of the simple way whatever the path. */
const early = new Set(['400', '408', '431']);

function complete(operation: JsonObject, part: ApiPart, { hasAccess }: DocumentOptions): JsonObject {
  const isOpen = Array.isArray(operation['security']) && operation['security'].length === 0;
  const common = {
    ...always,
    ...(operation['requestBody'] === undefined ? {} : withBody),
    ...(hasAccess && !isOpen ? withAccess : {}),
  };
  const own = operation['responses'] as JsonObject;
  const added = Object.entries(common)
    .filter(([status]) => own[status] === undefined)
    .map(([status, description]) => [status, failureResponse(description, status, part.failure)] as const);
  const responses = Object.entries({ ...own, ...Object.fromEntries(added) }).map(
    ([status, response]) => [status, withRequestId(response as JsonObject)] as const,
  );
  return { ...operation, responses: Object.fromEntries(responses) };
}

function failureResponse(description: string, status: string, failure: JsonObject | undefined): JsonObject {
  const schema =
    failure === undefined ? ofSimpleWay : early.has(status) ? { anyOf: [failure, ofSimpleWay] } : failure;
  const isLater = status === '503' || status === '429';
  return {
    description,
    ...(isLater
      ? { headers: { 'retry-after': { schema: { type: 'string', pattern: '^[1-9][0-9]*$' } } } }
      : {}),
    content: { 'application/json': { schema } },
  };
}

function withRequestId(response: JsonObject): JsonObject {
  const headers = (response['headers'] ?? {}) as JsonObject;
  return {
    ...response,
    headers: { 'x-request-id': { $ref: '#/components/headers/x-request-id' }, ...headers },
  };
}
