import type { ColumnContract } from '../../contract/index.ts';
import { labelValues } from '../../servable/index.ts';
import type { WebDescription } from './description.ts';
import { comment, literal, memberName, typeName } from './names.ts';

export interface ModuleFiles {
  /** Paths below the folder. */
  readonly runtime: string;
  readonly onnxRuntime: string;
  readonly program: string;
}

/** The module of a model: its description as data, and two functions. */
export function moduleText(
  description: WebDescription,
  { runtime, onnxRuntime, program }: ModuleFiles,
): string {
  const { model, version, sha256 } = description;
  return `// ${comment(model)} ${comment(version)}, sha256:${sha256}. Written by trainyard export.
import * as onnxRuntime from './${onnxRuntime}';
import { InvalidRowError, openModel } from './${runtime}';

const description = ${literal(description)};
const base = new URL('./', import.meta.url);

export { InvalidRowError };
export const about = Object.freeze(${literal({ model, version, digest: `sha256:${sha256}` })});

/** Loads the model; a page does it once. */
export function load() {
  return openModel({ description, runtime: onnxRuntime, base, program: ${literal(program)} });
}

let loaded;

/** Answers one row; the first call loads the model. */
export async function predict(row) {
  loaded ??= load();
  try {
    return (await loaded).predict(row);
  } catch (error) {
    loaded = undefined;
    throw error;
  }
}
`;
}

/** The types of the module, from the contract. */
export function moduleTypes(description: WebDescription): string {
  const name = typeName(description.model);
  const { model, version, sha256, columns, info } = description;
  const answer =
    info.task === 'regression'
      ? `export interface ${name}Answer {\n  readonly value: number;\n}`
      : `export type ${name}Label = ${labelValues(info.classes).map(literal).join(' | ')};

export interface ${name}Answer {
  readonly label: ${name}Label;
  /** By label; they add up to 1. */
  readonly probabilities: { ${info.classes.map((label) => `readonly ${literal(label)}: number`).join('; ')} };
}`;
  return `// ${comment(model)} ${comment(version)}, sha256:${sha256}. Written by trainyard export.

/** What the model is asked about. */
export interface ${name}Row {
${columns.map(member).join('\n')}
}

${answer}

/** A rule of the contract that a row breaks; the value is not told. */
export interface RowProblem {
  readonly rule: string;
  readonly column?: string;
  /** For people: \`<= 110\`. */
  readonly expected: string;
}

export class InvalidRowError extends Error {
  readonly name: 'InvalidRowError';
  /** \`row\` counts from 0. */
  readonly problems: readonly (RowProblem & { readonly row: number })[];
}

export interface ${name}Model {
  /** The rules that a row breaks; an empty list for a good one. */
  check(row: unknown): readonly RowProblem[];
  /** Answers one row. Rejects with an InvalidRowError when it breaks the contract. */
  predict(row: ${name}Row): Promise<${name}Answer>;
  /** Answers rows in one call. */
  predictMany(rows: readonly ${name}Row[]): Promise<readonly ${name}Answer[]>;
  /** Frees the memory. */
  close(): Promise<void>;
}

export const about: {
  readonly model: ${literal(model)};
  readonly version: ${literal(version)};
  readonly digest: ${literal(`sha256:${sha256}`)};
};

/** Loads the model; a page does it once. */
export function load(): Promise<${name}Model>;

/** Answers one row; the first call loads the model. */
export function predict(row: ${name}Row): Promise<${name}Answer>;
`;
}

function member(column: ColumnContract): string {
  const { name, required } = column;
  const said = comment([column.description ?? '', rulesOf(column)].filter((text) => text !== '').join(' '));
  const lines = said === '' ? [] : [`  /** ${said} */`];
  const type = required ? valueType(column) : `${valueType(column)} | null`;
  return [...lines, `  readonly ${memberName(name)}${required ? '' : '?'}: ${type};`].join('\n');
}

function valueType({ type, enum: allowed }: ColumnContract): string {
  if (allowed !== undefined && allowed.length > 0) return allowed.map(literal).join(' | ');
  switch (type) {
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    default:
      return 'string';
  }
}

function rulesOf(column: ColumnContract): string {
  const rules = [
    ...(column.type === 'integer' ? ['a whole number'] : []),
    ...(column.type === 'date' || column.type === 'timestamp' ? [`a ${column.type}, ISO 8601`] : []),
    ...bound('at least', column.minimum ?? column.earliest),
    ...bound('at most', column.maximum ?? column.latest),
    ...bound('more than', column.exclusiveMinimum ?? column.after),
    ...bound('less than', column.exclusiveMaximum ?? column.before),
    ...(column.multipleOf === undefined ? [] : [`a multiple of ${column.multipleOf}`]),
    ...(column.pattern === undefined ? [] : [`matches ${column.pattern}`]),
  ];
  const text = rules.join(', ');
  return text === '' ? '' : `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

function bound(words: string, value: number | string | undefined): readonly string[] {
  return value === undefined ? [] : [`${words} ${value}`];
}
