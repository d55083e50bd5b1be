import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { ValidateFunction } from 'ajv';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

export function setting(name: string): string {
  const found = process.env[name];
  if (found === undefined)
    throw new Error(`${name} is not set: these suites run by "npm run test:manifests"`);
  return found;
}

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

type Schema = Record<string, unknown>;

const options = { strict: false, allErrors: true, validateFormats: false } as const;
const compiled = new Map<string, ValidateFunction>();

/** What the official schema of its kind says is wrong with an object. */
export function problemsOf(object: KubernetesObject): readonly string[] {
  const kind = `${object.apiVersion} ${object.kind}`;
  const validate = compiled.get(kind) ?? compile(object);
  compiled.set(kind, validate);
  return validate(object) ? [] : problems(validate);
}

function compile({ apiVersion, kind }: KubernetesObject): ValidateFunction {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  switch (group) {
    case 'serving.kserve.io':
      return new Ajv(options).compile(ofDefinition(setting('TRAINYARD_TEST_KSERVE'), version!));
    case 'monitoring.coreos.com':
      return new Ajv(options).compile(ofDefinition(setting('TRAINYARD_TEST_PROMETHEUS'), version!));
    default: {
      // `deployment-apps-v1.json`, `service-v1.json`
      const parts = [kind.toLowerCase(), ...(group === '' ? [] : [group!.split('.')[0]!]), version!];
      const read = (file: string): Schema =>
        JSON.parse(readFileSync(join(setting('TRAINYARD_TEST_KUBERNETES'), file), 'utf8')) as Schema;
      const ajv = new Ajv2020(options).addSchema(read('_definitions.json'));
      return ajv.compile(read(`${parts.join('-')}.json`));
    }
  }
}

/** The schema of a version of a custom resource, as strict as a cluster is with `--validate=strict`. */
function ofDefinition(file: string, version: string): Schema {
  const definition = parse(readFileSync(file, 'utf8')) as {
    spec: { versions: { name: string; schema: { openAPIV3Schema: Schema } }[] };
  };
  const found = definition.spec.versions.find(({ name }) => name === version);
  if (found === undefined) throw new Error(`${file} does not define ${version}`);
  return closed(found.schema.openAPIV3Schema) as Schema;
}

/** No key that the schema does not name, where it names any. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== 'object') return schema;
  const copy = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, closed(value)]),
  ) as Schema;
  const isOpen =
    copy['x-kubernetes-preserve-unknown-fields'] === true || copy['additionalProperties'] !== undefined;
  const names = copy['properties'];
  const isObject = names !== null && typeof names === 'object' && copy['type'] === 'object';
  return isObject && !isOpen ? { ...copy, additionalProperties: false } : copy;
}

export function problemsOfCompose(file: unknown): readonly string[] {
  const schema = JSON.parse(readFileSync(setting('TRAINYARD_TEST_COMPOSE'), 'utf8')) as Schema;
  const validate = new Ajv2020(options).compile(schema);
  return validate(file) ? [] : problems(validate);
}

function problems({ errors }: ValidateFunction): readonly string[] {
  return (errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
