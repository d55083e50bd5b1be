/**
 * Writes the tables of keys in docs/pipeline-file.md from the schemas. A table stands between `<!-- keys: X -->` and
 * `<!-- end -->`, where X is a definition of the schema, or the name of the schema for its own keys.
 *
 *     node scripts/make-reference.mjs           writes them
 *     node scripts/make-reference.mjs --check   exits with 1 when they differ
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const project = new URL('../', import.meta.url);
export const page = 'docs/pipeline-file.md';

const schemas = Object.fromEntries(
  ['pipeline', 'trainyard'].map((name) => [name, JSON.parse(read(`schemas/${name}.schema.json`))]),
);

/** Every definition that has keys of its own, and so belongs into the page. */
export function definitionsWithKeys() {
  return Object.entries(schemas).flatMap(([name, schema]) => [
    name,
    ...Object.entries(schema.definitions)
      .filter(([, definition]) => Object.keys(definition.properties ?? {}).length > 0)
      .map(([definition]) => definition),
  ]);
}

export function withTables(text) {
  return text.replace(
    /<!-- keys: (\w+) -->\n[\s\S]*?<!-- end -->/g,
    (_, name) => `<!-- keys: ${name} -->\n\n${table(name)}\n\n<!-- end -->`,
  );
}

function table(name) {
  const [root, definition] = find(name);
  const required = new Set(definition.required ?? []);
  const rows = Object.entries(definition.properties).map(([key, value]) => {
    const meaning = value.description ?? resolve(value, root).description ?? '';
    return `| \`${key}\`${required.has(key) ? ' (required)' : ''} | ${kind(value, root)} | ${cell(meaning)} |`;
  });
  const open = definition.additionalProperties;
  if (typeof open === 'object')
    rows.push(`| any other | ${kind(open, root)} | ${cell(open.description ?? '')} |`);
  return ['| key | value | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

function find(name) {
  if (schemas[name] !== undefined) return [schemas[name], schemas[name]];
  const root = Object.values(schemas).find((schema) => schema.definitions[name] !== undefined);
  if (root === undefined) throw new Error(`${page} names a definition that no schema has: ${name}`);
  return [root, root.definitions[name]];
}

function resolve(value, root) {
  return value.$ref === undefined ? value : root.definitions[value.$ref.slice('#/definitions/'.length)];
}

const words = {
  string: 'text',
  number: 'number',
  integer: 'whole number',
  boolean: '`true` or `false`',
  null: 'nothing',
};

function kind(value, root) {
  const resolved = resolve(value, root);
  if (resolved.anyOf !== undefined) return listed(resolved.anyOf.map((branch) => kind(branch, root)));
  if (resolved.const !== undefined) return `\`${resolved.const}\``;
  if (resolved.enum !== undefined) return listed(resolved.enum.map((one) => `\`${one}\``));
  if (resolved.pattern?.startsWith('\\$')) return 'expression';
  if (Array.isArray(resolved.type)) {
    return resolved.type.length > 2 ? 'single value' : listed(resolved.type.map((type) => words[type]));
  }
  if (resolved.type === 'array') return `list of ${many(kind(resolved.items, root))}`;
  if (resolved.type === 'object') return 'map';
  return words[resolved.type] + bounds(resolved);
}

function listed(parts) {
  return parts.length < 2 ? parts.join() : `${parts.slice(0, -1).join(', ')} or ${parts.at(-1)}`;
}

function many(noun) {
  return noun.replace(/^(text|map|single value|number)\b/, '$1s');
}

function bounds({ minimum, exclusiveMinimum, maximum, exclusiveMaximum, maxLength }) {
  const parts = [
    ...(minimum === undefined ? [] : [`at least ${minimum}`]),
    ...(exclusiveMinimum === undefined ? [] : [`more than ${exclusiveMinimum}`]),
    ...(maximum === undefined ? [] : [`at most ${maximum}`]),
    ...(exclusiveMaximum === undefined ? [] : [`less than ${exclusiveMaximum}`]),
    ...(maxLength === undefined
      ? []
      : [maxLength === 1 ? 'one character' : `at most ${maxLength} characters`]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function cell(text) {
  return text.replaceAll('|', '\\|');
}

function read(file) {
  return readFileSync(new URL(file, project), 'utf8');
}

function main() {
  const before = read(page);
  const after = withTables(before);
  if (!process.argv.includes('--check')) writeFileSync(new URL(page, project), after);
  else if (before !== after) {
    console.error(`${page} differs from the schemas: run \`node scripts/make-reference.mjs\``);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
