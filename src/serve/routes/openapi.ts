import type { Fleet } from '../fleet.ts';
import type { Route } from '../http/message.ts';
import type { ApiPart } from '../openapi/api-part.ts';
import type { DocumentOptions } from '../openapi/document.ts';
import { openApiDocument } from '../openapi/document.ts';
import { servedNow } from '../openapi/served-now.ts';

/** `GET /openapi.json`: written anew when what is served has changed. */
export function openApiRoutes(options: DocumentOptions & { readonly fleet: Fleet }): readonly Route[] {
  const { fleet } = options;
  const text = servedNow(fleet, (visible) => JSON.stringify(openApiDocument(visible, options)));
  return [
    {
      method: 'GET',
      path: '/openapi.json',
      needs: 'docs',
      handle: ({ identity }) => ({
        status: 200,
        type: 'application/json',
        body: text(identity),
        headers: { 'cache-control': 'no-cache' },
      }),
    },
  ];
}

export function describeOpenApi(): ApiPart {
  const html = { schema: { type: 'string' } };
  return {
    tags: [{ name: 'descriptions', description: 'What can be asked here.' }],
    paths: {
      '/openapi.json': {
        get: {
          tags: ['descriptions'],
          operationId: 'openapi',
          summary: 'This description',
          responses: {
            '200': {
              description: 'An OpenAPI 3.1 document.',
              content: { 'application/json': { schema: { type: 'object', required: ['openapi', 'paths'] } } },
            },
          },
        },
      },
      '/docs': {
        get: {
          tags: ['descriptions'],
          operationId: 'docs',
          summary: 'The models and their columns, for people',
          responses: { '200': { description: 'A page.', content: { 'text/html; charset=utf-8': html } } },
        },
      },
    },
  };
}
