import { serveFailureCodes } from '../failures.ts';
import type { JsonObject } from './api-part.ts';

/** How the simple way says failures. */
export const errorSchemas: Readonly<Record<string, JsonObject>> = {
  Failure: {
    type: 'object',
    required: ['error', 'request'],
    properties: {
      error: {
        type: 'object',
        required: ['code', 'message'],
        properties: {
          code: { type: 'string', enum: [...serveFailureCodes], description: 'For programs.' },
          message: { type: 'string', description: 'For people.' },
          problems: {
            type: 'array',
            description: 'Rules of the contract that rows of the request break; values are never repeated.',
            items: { $ref: '#/components/schemas/Problem' },
          },
        },
        additionalProperties: false,
      },
      model: { type: 'string' },
      version: { type: 'string' },
      run: { type: 'string' },
      commit: { type: 'string' },
      request: { type: 'string', description: 'The id of the request, as in `x-request-id`.' },
    },
    additionalProperties: false,
  },
  Problem: {
    type: 'object',
    required: ['row', 'rule', 'expected'],
    properties: {
      row: { type: 'integer', minimum: 0, description: 'In the request, from 0.' },
      column: { type: 'string' },
      rule: { type: 'string' },
      expected: { type: 'string' },
    },
    additionalProperties: false,
  },
};
