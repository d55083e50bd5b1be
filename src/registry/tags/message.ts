import type { ErrorObject, ValidateFunction } from 'ajv';
import type { Json, Result } from '../../base/index.ts';
import { canonicalJson, failed, success } from '../../base/index.ts';
import type { RegistryEvent } from '../event.ts';
import type { RegistryFailure } from '../failures.ts';
import { eventInvalid } from '../failures.ts';

/** A tag's message, as the registry reads it. */
export type Message =
  | { readonly kind: 'event'; readonly event: RegistryEvent }
  /** Written by another program, or by hand. */
  | { readonly kind: 'foreign' }
  /** It means to be an event, and is none. */
  | { readonly kind: 'broken'; readonly problem: string };

export interface MessageCodec {
  encode(event: RegistryEvent): Result<string, RegistryFailure>;
  decode(message: string): Message;
}

/** Larger than any event that Trainyard writes; a hostile one costs no more time than this. */
const longest = 1_000_000;

let loaded: Promise<MessageCodec> | undefined;

/** With the schema compiled, which takes some 50 ms: when first used. */
export function messageCodec(): Promise<MessageCodec> {
  loaded ??= compile().then((check) => ({
    encode: (event) => encode(check, event),
    decode: (message) => decode(check, message),
  }));
  return loaded;
}

async function compile(): Promise<ValidateFunction> {
  const [{ Ajv }, formats, { registryEventSchema }] = await Promise.all([
    import('ajv'),
    import('ajv-formats'),
    import('../schemas/registry-event-schema.ts'),
  ]);
  const ajv = new Ajv({ strictTypes: false, validateSchema: false, meta: false });
  formats.default.default(ajv, ['date-time']);
  // Each kind has its own definition: a mistake is then told of the kind that the event says it is.
  const { definitions } = registryEventSchema as { definitions: object };
  const kinds = {
    register: 'RegisterEvent',
    assign: 'AssignEvent',
    unassign: 'UnassignEvent',
    archive: 'ArchiveEvent',
  };
  return ajv.compile({
    type: 'object',
    required: ['kind'],
    properties: { kind: { enum: Object.keys(kinds) } },
    allOf: Object.entries(kinds).map(([kind, name]) => ({
      if: { type: 'object', properties: { kind: { const: kind } } },
      // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema.
      then: { $ref: `#/definitions/${name}` },
    })),
    definitions,
  });
}

function encode(check: ValidateFunction, event: RegistryEvent): Result<string, RegistryFailure> {
  let text: string;
  try {
    text = canonicalJson(event as unknown as Json);
  } catch (error) {
    return failed(eventInvalid(error instanceof Error ? error.message : String(error)));
  }
  if (text.length > longest) return failed(eventInvalid(`it has more than ${longest} characters`));
  return check(JSON.parse(text)) ? success(text) : failed(eventInvalid(problemOf(check.errors)));
}

/**
 * Only the canonical spelling counts: of two members of one name, or two spellings of a number, another program might
 * read the other one.
 */
function decode(check: ValidateFunction, message: string): Message {
  const text = message.trimEnd();
  if (!text.startsWith('{')) return { kind: 'foreign' };
  if (text.length > longest) return { kind: 'broken', problem: 'its message is too long' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'foreign' };
  }
  const { version, kind } = value as { version?: unknown; kind?: unknown };
  if (version === undefined || kind === undefined) return { kind: 'foreign' };
  if (version !== 1) {
    return {
      kind: 'broken',
      problem: `it is written in version ${JSON.stringify(version)} of the format of events, and this program reads version 1: update Trainyard`,
    };
  }
  if (!check(value))
    return { kind: 'broken', problem: `its message is no event: ${problemOf(check.errors)}` };
  if (!isCanonical(text, value as Json)) {
    return { kind: 'broken', problem: 'its message is not canonical JSON (RFC 8785)' };
  }
  return { kind: 'event', event: value as unknown as RegistryEvent };
}

/** Writing JSON is fast where the engine does it: then only the order of the keys is left to look at. */
function isCanonical(text: string, value: Json): boolean {
  return (JSON.stringify(value) === text && isSorted(value)) || canonicalJson(value) === text;
}

function isSorted(value: Json): boolean {
  if (value === null || typeof value !== 'object') return true;
  if (Array.isArray(value)) return value.every(isSorted);
  let last = '';
  for (const [key, member] of Object.entries(value)) {
    if (key < last || !isSorted(member)) return false;
    last = key;
  }
  return true;
}

function problemOf(errors: readonly ErrorObject[] | null | undefined): string {
  const error = errors?.find(({ keyword }) => keyword !== 'if') ?? errors?.[0];
  if (error === undefined) return 'unknown';
  const extra = error.params['additionalProperty'] ?? error.params['allowedValue'];
  const place = error.instancePath === '' ? 'it' : error.instancePath;
  return `${place} ${error.message}${extra === undefined ? '' : ` (${extra})`}`;
}
