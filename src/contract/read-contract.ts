import type { Result } from '../base/index.ts';
import { digestOfBytes, failed, success } from '../base/index.ts';
import type { ColumnContract, Contract, MetricRule, NotChecked } from './contract.ts';
import type { ContractFailure } from './failures.ts';
import { readColumn } from './read/column.ts';
import type { Entry, YamlNode } from './read/document.ts';
import { ContractDocument } from './read/document.ts';
import { contractKeys, tableKeys } from './read/keys.ts';
import { NotCheckedList } from './read/not-checked.ts';
import { readQuality } from './read/quality.ts';

/**
 * Reads an ODCS 3.0, 3.1 or 3.2 file of one table. All mistakes come back at once, each with its line and column.
 * What is legal and not checked is listed in `notChecked`.
 *
 * Three points on which the standard is silent or at odds with itself: `mustBeBetween` includes both ends, as the
 * reference implementation does (the text of the standard says that it does not); a pattern may match anywhere, as
 * in JSON Schema; `classification` and `tags` make personal data by the words in `read/personal.ts`.
 */
export function readContract(
  file: string,
  content: string | Uint8Array,
): Result<Contract, readonly ContractFailure[]> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const document = new ContractDocument(file, bytes);
  if (document.mistakes.length > 0) return failed(document.mistakes);
  const contract = readRoot(document, file, bytes);
  return contract === undefined || document.mistakes.length > 0
    ? failed(document.mistakes)
    : success(contract);
}

function readRoot(document: ContractDocument, file: string, bytes: Uint8Array): Contract | undefined {
  const fields = document.fields(document.root, 'a data contract', contractKeys);
  if (document.mistakes.length > 0 && fields.size === 0) return undefined;
  checkVersion(document, fields);
  const id = required(document, fields, 'id');
  const version = required(document, fields, 'version');
  const list: NotChecked[] = [];
  const notChecked = new NotCheckedList(document, list);
  const table = readTable(document, fields.get('schema'), notChecked);
  const sla = fields.get('slaProperties');
  if (sla !== undefined && document.items(sla.node, 'slaProperties').length > 0) {
    notChecked.add('slaProperties', 'service levels are not checked', sla.keyNode);
  }
  if (table === undefined || id === undefined || version === undefined) return undefined;
  const purpose = readPurpose(document, fields.get('description'));
  return {
    id,
    version,
    name: document.text(fields.get('name')?.node, 'name') ?? table.name,
    ...(purpose === undefined ? {} : { description: purpose }),
    file,
    digest: digestOfBytes(bytes),
    columns: table.columns,
    metrics: table.metrics,
    notChecked: list,
  };
}

function checkVersion(document: ContractDocument, fields: ReadonlyMap<string, Entry>): void {
  const kind = required(document, fields, 'kind');
  if (kind !== undefined && kind !== 'DataContract') {
    document.add(
      'contract-version',
      fields.get('kind')!.node,
      `"${kind}" is no data contract`,
      'Write `kind: DataContract`.',
    );
  }
  const api = required(document, fields, 'apiVersion');
  if (api === undefined) return;
  if (!/^v3\.[012]\.\d+$/.test(api)) {
    const remedy = 'Write `apiVersion: v3.2.0`; 3.0, 3.1 and 3.2 are read.';
    document.add(
      'contract-version',
      fields.get('apiVersion')!.node,
      `"${api}" is no version that is read here`,
      remedy,
    );
  } else if (!/^v3\.2\./.test(api)) required(document, fields, 'status');
}

function required(
  document: ContractDocument,
  fields: ReadonlyMap<string, Entry>,
  key: string,
): string | undefined {
  const entry = fields.get(key);
  const text = document.text(entry?.node, key);
  if (text !== undefined && text.trim() !== '') return text;
  if (entry === undefined || text !== undefined || document.resolve(entry.node) === null) {
    document.add(
      'contract-key-missing',
      entry?.keyNode ?? document.root,
      `a data contract needs "${key}"`,
      `Add \`${key}:\`.`,
    );
  }
  return undefined;
}

function readPurpose(document: ContractDocument, entry: Entry | undefined): string | undefined {
  const fields = new Map(
    document.entries(entry?.node, 'description').map((field) => [field.key, field.node]),
  );
  return document.text(fields.get('purpose'), 'purpose');
}

interface ReadTable {
  readonly name: string;
  readonly columns: readonly ColumnContract[];
  readonly metrics: readonly MetricRule[];
}

function readTable(
  document: ContractDocument,
  schema: Entry | undefined,
  notChecked: NotCheckedList,
): ReadTable | undefined {
  const tables = document.items(schema?.node, 'schema');
  if (tables.length !== 1) {
    const place = schema?.keyNode ?? document.root;
    document.add(
      'contract-tables',
      place,
      `the contract describes ${tables.length} tables; a dataset is one`,
      'Write one contract a table.',
    );
    return undefined;
  }
  const [node] = tables;
  const fields = document.fields(node, 'a table', tableKeys);
  const name = document.text(fields.get('name')?.node, 'name');
  if (name === undefined) document.add('contract-key-missing', node, 'a table needs a name', 'Add `name:`.');
  const metrics = readQuality(document, { node: fields.get('quality')?.node, notChecked });
  if (fields.has('relationships')) {
    const because = 'references to other tables are not followed';
    notChecked.add('relationships', because, fields.get('relationships')!.keyNode);
  }
  const columns: ColumnContract[] = [];
  for (const property of document.items(fields.get('properties')?.node, 'properties')) {
    const read = readColumn(document, property, notChecked);
    if (read === undefined) continue;
    refuseDuplicate(document, columns, read.column.name, read.nameNode);
    columns.push(read.column);
    metrics.push(...read.metrics);
  }
  if (columns.length === 0 && document.mistakes.length === 0) {
    document.add(
      'contract-shape',
      node,
      'the table has no properties',
      'List its columns under `properties:`.',
    );
  }
  checkColumnNames(document, fields.get('quality')?.node, columns, metrics);
  return { name: name ?? '', columns, metrics };
}

function refuseDuplicate(
  document: ContractDocument,
  columns: readonly ColumnContract[],
  name: string,
  node: YamlNode,
): void {
  const twin = columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
  if (twin === undefined) return;
  const message =
    twin.name === name
      ? `two properties are named "${name}"`
      : `"${twin.name}" and "${name}" differ only in case, which SQL does not tell apart`;
  document.add('contract-column-duplicate', node, message, 'Rename one of them.');
}

function checkColumnNames(
  document: ContractDocument,
  node: YamlNode,
  columns: readonly ColumnContract[],
  metrics: readonly MetricRule[],
): void {
  const names = new Set(columns.map((column) => column.name));
  for (const name of metrics.flatMap((rule) => rule.columns)) {
    if (names.has(name)) continue;
    document.add(
      'contract-quality',
      node,
      `"${name}" is no property of the table`,
      'Name properties of the table.',
    );
  }
}
