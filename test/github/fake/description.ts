import { readFileSync } from 'node:fs';
import type { ValidateFunction } from 'ajv';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';

/** One call of the REST API, as GitHub describes it. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body?: Schema;
  readonly bodyRequired?: boolean;
  /** Schemas of the good answers, by status; `null` for one without a body. */
  readonly answers: Readonly<Record<string, Schema | null>>;
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

type Schema = { readonly [key: string]: unknown };

interface Slice {
  readonly operations: Readonly<Record<string, Omit<Operation, 'id'>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface Matched {
  readonly operation: Operation;
  readonly path: Readonly<Record<string, string>>;
}

/** What `make-slice.mjs` cut out of GitHub's official description. */
export interface Description {
  match(method: string, pathname: string): Matched | undefined;
  /** What is wrong with a request; nothing when it may come in. Query parameters come back as the types they have. */
  requestProblems(
    operation: Operation,
    query: URLSearchParams,
    body: unknown,
  ): { readonly problems: readonly string[]; readonly query: Readonly<Record<string, unknown>> };
  /** What is wrong with an answer of the fake. */
  answerProblems(operation: Operation, status: number, body: unknown): readonly string[];
}

let known: Description | undefined;

export function description(): Description {
  known ??= read();
  return known;
}

function read(): Description {
  const file = new URL('fixtures/api-slice.json', import.meta.url);
  const { operations, components } = JSON.parse(readFileSync(file, 'utf8')) as Slice;
  const ajv = new Ajv({ strict: false, inlineRefs: false, code: { optimize: false } });
  (formats as unknown as (ajv: Ajv) => void)(ajv);
  // GitHub gives an empty text for an address that is not there.
  ajv.addFormat('uri', (text) => text === '' || URL.canParse(text.replace(/[{}]/g, '')));
  for (const format of ['int64', 'int32', 'binary', 'repo.nwo']) ajv.addFormat(format, true);
  ajv.addSchema({ $id: 'github', components });
  const compiled = new Map<string, ValidateFunction>();
  const problemsOf = (key: string, schema: Schema, value: unknown): readonly string[] => {
    const validate = compiled.get(key) ?? ajv.compile(absolute(schema) as Schema);
    compiled.set(key, validate);
    if (validate(value)) return [];
    return validate.errors!.map(({ instancePath, message }) => `${instancePath || 'the body'} ${message}`);
  };
  const routes = Object.entries(operations)
    .map(([id, operation]) => ({ operation: { id, ...operation }, pattern: patternOf(operation.path) }))
    .sort((a, b) => rank(a.operation.path) - rank(b.operation.path));
  return {
    match: (method, pathname) => {
      for (const { operation, pattern } of routes) {
        const found = operation.method === method ? pattern.exec(pathname) : null;
        if (found === null) continue;
        const path = Object.entries(found.groups ?? {}).map(([name, value]) => [
          name,
          decodeURIComponent(value),
        ]);
        return { operation, path: Object.fromEntries(path) as Record<string, string> };
      }
      return undefined;
    },
    requestProblems: (operation, query, body) => {
      const problems: string[] = [];
      const values: Record<string, unknown> = {};
      for (const [name, text] of query) {
        const parameter = operation.parameters.find((each) => each.in === 'query' && each.name === name);
        if (parameter === undefined) {
          problems.push(`the description has no query parameter ${name}`);
          continue;
        }
        const value = typed(parameter.schema, text);
        const key = `${operation.id} ?${name}`;
        problems.push(...problemsOf(key, parameter.schema, value).map((each) => `${name}: ${each}`));
        values[name] = value;
      }
      if (operation.body === undefined) {
        if (body !== undefined) problems.push('this call takes no body');
      } else if (body !== undefined || operation.bodyRequired === true) {
        problems.push(...problemsOf(`${operation.id} body`, closed(operation.body), body ?? null));
      }
      return { problems, query: values };
    },
    answerProblems: (operation, status, body) => {
      const schema = operation.answers[status];
      if (schema === undefined) return [`no answer ${status} is described for ${operation.id}`];
      if (schema === null)
        return body === undefined ? [] : [`${operation.id} ${status} is described without a body`];
      return problemsOf(`${operation.id} ${status}`, schema, body);
    },
  };
}

/** GitHub lets unknown fields of a body pass; a client that sends one has a mistake in it. */
function closed(body: Schema): Schema {
  const isOpen = body['properties'] === undefined || body['additionalProperties'] !== undefined;
  return isOpen ? body : { ...body, additionalProperties: false };
}

function absolute(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(absolute);
  if (schema === null || typeof schema !== 'object') return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) =>
      key === '$ref' && typeof value === 'string' ? [key, `github${value}`] : [key, absolute(value)],
    ),
  );
}

/** The parameters that may hold slashes: a ref, a path, two refs. */
const many = new Set(['ref', 'path', 'basehead', 'tag']);

function patternOf(path: string): RegExp {
  const source = path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{(\w+)\}/g, (_, name: string) => {
    return `(?<${name}>${many.has(name) ? '.+?' : '[^/]+'})`;
  });
  return new RegExp(`^${source}$`);
}

/** Fixed words go before parameters, long paths before short ones. */
function rank(path: string): number {
  return (path.match(/\{/g)?.length ?? 0) * 100 - path.length;
}

function typed(schema: Schema, text: string): unknown {
  const type = schema['type'];
  if (type === 'integer' || type === 'number') return /^-?\d+$/.test(text) ? Number(text) : text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}
