/**
 * Writes the JSON Schemas of the files that people and Trainyard write, from the types of src/.
 *
 *     node scripts/make-schemas.mjs           writes them
 *     node scripts/make-schemas.mjs --check   says which differ from the types, and exits with 1
 *
 * A target with `module` is also written as a TypeScript module, for the code that checks files against it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGenerator } from 'ts-json-schema-generator';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** @type {readonly { type: string, file: string, out: string, title: string, module?: string }[]} */
export const targets = [
  {
    type: 'PipelineFile',
    file: 'src/pipeline/file.ts',
    out: 'schemas/pipeline.schema.json',
    title: 'A pipeline of Trainyard (pipeline.yaml)',
    module: 'src/pipeline/schemas/pipeline-schema.ts',
  },
  {
    type: 'ProjectFile',
    file: 'src/pipeline/project-file.ts',
    out: 'schemas/trainyard.schema.json',
    title: 'A project of Trainyard (trainyard.yaml)',
    module: 'src/pipeline/schemas/project-schema.ts',
  },
  {
    type: 'RunRecord',
    file: 'src/runs/record.ts',
    out: 'schemas/run-record.schema.json',
    title: 'A run of a pipeline of Trainyard (runs/<pipeline>/<yyyy>/<mm>/<dd>/<id>.json)',
    module: 'src/runs/schemas/run-record-schema.ts',
  },
  {
    type: 'RegistryEvent',
    file: 'src/registry/event.ts',
    out: 'schemas/registry-event.schema.json',
    title: 'An event in the registry of Trainyard (the message of a tag)',
    module: 'src/registry/schemas/registry-event-schema.ts',
  },
  {
    type: 'PredictionLogLine',
    file: 'src/serve/log/line.ts',
    out: 'schemas/prediction-log.schema.json',
    title: 'A line of the prediction log of Trainyard (<model>/<yyyy>/<mm>/<dd>/<hh>-<writer>-<n>.jsonl)',
  },
  {
    type: 'ServableManifest',
    file: 'src/servable/manifest.ts',
    out: 'schemas/servable.schema.json',
    title: 'What belongs to a model that can be served by Trainyard (model.json)',
    module: 'src/servable/schemas/servable-manifest-schema.ts',
  },
  {
    type: 'AccessFile',
    file: 'src/serve/access/access-file.ts',
    out: 'schemas/access.schema.json',
    title: 'Who may call a server of Trainyard',
    module: 'src/serve/access/schemas/access-file-schema.ts',
  },
  {
    type: 'DeploymentLock',
    file: 'src/deploy/lock/lock.ts',
    out: 'schemas/deployment-lock.schema.json',
    title: 'What of a model runs in a stage (locks/<model>.json on the branch deploy/<stage>)',
    module: 'src/deploy/schemas/deployment-lock-schema.ts',
  },
  {
    type: 'PullReport',
    file: 'src/report/pull-request/pull-report.ts',
    out: 'schemas/pull-report.schema.json',
    title: 'What Trainyard says of a pipeline in a pull request (trainyard report --json)',
    module: 'src/report/pull-request/schemas/pull-report-schema.ts',
  },
];

/** The text of every file that a target is written to, by path from the root. */
export function filesOf(target) {
  const schema = schemaOf(target);
  const files = new Map([[target.out, `${JSON.stringify(schema, null, 2)}\n`]]);
  if (target.module !== undefined) files.set(target.module, moduleOf(target, schema));
  return files;
}

/** One program for all types: making it takes most of the time. */
let generator;

function schemaOf({ type, title }) {
  generator ??= createGenerator({
    path: path.join(root, `{${targets.map((target) => target.file).join(',')}}`),
    tsconfig: path.join(root, 'tsconfig.json'),
    type: '*',
    skipTypeCheck: true,
    expose: 'all',
    topRef: false,
    jsDoc: 'extended',
    additionalProperties: false,
    extraTags: ['patternErrorMessage'],
    sortProps: false,
  });
  const { $schema, definitions = {}, ...schema } = generator.createSchema(type);
  const tidied = tidy({ $schema, title, ...schema, definitions: {} }, definitions);
  const all = tidy(definitions, definitions);
  return { ...tidied, definitions: withoutUnused(tidied, all) };
}

/** Only definitions that something refers to, sorted by name. */
function withoutUnused(schema, definitions) {
  const used = new Set();
  const open = [schema];
  while (open.length > 0) {
    for (const [, name] of JSON.stringify(open.pop()).matchAll(/"#\/definitions\/([^"]+)"/g)) {
      if (used.has(name)) continue;
      used.add(name);
      open.push(definitions[name]);
    }
  }
  const names = Object.keys(definitions).filter((name) => used.has(name));
  return Object.fromEntries(names.sort().map((name) => [name, definitions[name]]));
}

/**
 * What the generator writes, as people would: names such as `Readonly<Record<string,string>>` are written out where
 * they are used, an empty map is one without keys, and sentences have no line breaks.
 */
function tidy(value, definitions) {
  if (Array.isArray(value)) return value.map((item) => tidy(item, definitions));
  if (value === null || typeof value !== 'object') return value;
  const { $ref, ...rest } = value;
  const name = $ref === undefined ? undefined : decodeURIComponent($ref.slice('#/definitions/'.length));
  if (name !== undefined && /\W/.test(name)) return tidy({ ...definitions[name], ...rest }, definitions);
  if (isNever(value.additionalProperties)) return { ...value, additionalProperties: false };
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, tidyMember(key, member, definitions)]),
  );
}

function tidyMember(key, member, definitions) {
  if (key === 'description' && typeof member === 'string') return member.replace(/\s*\n\s*/g, ' ');
  const tidied = tidy(member, definitions);
  if (!Array.isArray(tidied?.anyOf)) return tidied;
  const { anyOf, ...rest } = tidied;
  const possible = anyOf.filter((branch) => !isNever(branch));
  return possible.length === 1 ? { ...possible[0], ...rest } : { anyOf: possible, ...rest };
}

function isNever(schema) {
  return (
    schema?.not !== undefined && Object.keys(schema).length === 1 && Object.keys(schema.not).length === 0
  );
}

const ignoreComment =
  '  // biome-ignore lint/suspicious/noTemplateCurlyInString: descriptions speak of expressions';

function moduleOf({ type, out }, schema) {
  const name = `${type[0].toLowerCase()}${type.slice(1)}Schema`;
  const text = JSON.stringify(schema).replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  return [
    `/** The same as ${out}; written by scripts/make-schemas.mjs. */`,
    "import type { Schema } from '../schema.ts';",
    '',
    `export const ${name}: Schema = JSON.parse(`,
    ...(text.includes('${') ? [ignoreComment] : []),
    `  '${text}',`,
    ');',
    '',
  ].join('\n');
}

function main() {
  const check = process.argv.includes('--check');
  const stale = [];
  for (const target of targets) {
    for (const [file, text] of filesOf(target)) {
      if (check && read(file) !== text) stale.push(file);
      if (!check) writeFileSync(path.join(root, file), text);
    }
  }
  for (const file of stale)
    console.error(`${file} differs from its type: run \`node scripts/make-schemas.mjs\``);
  if (stale.length > 0) process.exitCode = 1;
}

function read(file) {
  try {
    return readFileSync(path.join(root, file), 'utf8');
  } catch {
    return undefined;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
