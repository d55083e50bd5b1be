import { readFileSync } from 'node:fs';

const project = new URL('../../', import.meta.url);

const names = ['pipeline', 'trainyard', 'run-record', 'access', 'prediction-log', 'deployment-lock'];
const schemas = Object.fromEntries(
  names.map((name) => [
    name,
    JSON.parse(readFileSync(new URL(`schemas/${name}.schema.json`, project), 'utf8')),
  ]),
);

/** Every definition of a schema that has keys of its own, and so belongs into its page: `StageFile`, or the name of the schema. */
export function definitionsWithKeys(name) {
  const schema = schemas[name];
  return [
    ...(schema.properties === undefined ? [] : [name]),
    ...Object.entries(schema.definitions)
      .filter(([, definition]) => Object.keys(definition.properties ?? {}).length > 0)
      .map(([definition]) => definition),
  ];
}

/**
 * Writes the tables of keys anew. A table stands between `<!-- keys: X -->` and `<!-- end -->`, where X is a definition of one
 * of the page's schemas, or the name of a schema for its own keys.
 */
export function withTables(text, ofPage) {
  return text.replace(
    /<!-- keys: ([\w-]+) -->\n[\s\S]*?<!-- end -->/g,
    (_, name) => `<!-- keys: ${name} -->\n\n${table(name, ofPage)}\n\n<!-- end -->`,
  );
}

function table(name, ofPage) {
  const [root, definition] = find(name, ofPage);
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

function find(name, ofPage) {
  if (ofPage.includes(name)) return [schemas[name], schemas[name]];
  const root = ofPage.map((each) => schemas[each]).find((schema) => schema.definitions[name] !== undefined);
  if (root === undefined) throw new Error(`a page names a definition that its schemas do not have: ${name}`);
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
  const branches = resolved.anyOf ?? resolved.oneOf;
  if (branches !== undefined) return listed([...new Set(branches.map((branch) => kind(branch, root)))]);
  if (resolved.const !== undefined) return `\`${resolved.const}\``;
  if (resolved.enum !== undefined) return listed(resolved.enum.map((one) => `\`${one}\``));
  if (resolved.pattern?.startsWith('\\$')) return 'expression';
  if (resolved.pattern?.startsWith('^sha256')) return 'digest';
  if (Array.isArray(resolved.type)) {
    return resolved.type.length > 2 ? 'single value' : listed(resolved.type.map((type) => words[type]));
  }
  if (resolved.type === 'array')
    return Array.isArray(resolved.items) || resolved.items === undefined
      ? 'list'
      : `list of ${many(kind(resolved.items, root))}`;
  if (resolved.type === 'object') return 'map';
  if (resolved.type === undefined) return 'any value';
  return words[resolved.type] + bounds(resolved);
}

function listed(parts) {
  return parts.length < 2 ? parts.join() : `${parts.slice(0, -1).join(', ')} or ${parts.at(-1)}`;
}

function many(noun) {
  return noun.replace(/^(text|map|single value|number|digest|list)\b/, '$1s');
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

/** A text as a cell of a table: in one line, with nothing in it that Markdown or HTML would take for its own. */
export function cell(text) {
  return text
    .replace(/\s*\n\s*/g, ' ')
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll('<', '&lt;')))
    .join('')
    .replaceAll('|', '\\|');
}
