import type { Digest } from '../base/index.ts';

/** A data contract: what an ODCS v3 file promises of one table, in the form that the engines compile. */
export interface Contract {
  /** ODCS `id`, and `version` of the contract itself. */
  readonly id: string;
  readonly version: string;
  readonly name: string;
  readonly description?: string;
  /** Path as given, for messages and records. */
  readonly file: string;
  /** Of the file's bytes. */
  readonly digest: Digest;
  readonly columns: readonly ColumnContract[];
  readonly rowCount?: RowCountRule;
}

/** The types that the engines know. ODCS `date` and `timestamp` are ISO 8601 text in CSV. */
export type LogicalType = 'integer' | 'number' | 'boolean' | 'string' | 'date' | 'timestamp';

export interface ColumnContract {
  readonly name: string;
  readonly type: LogicalType;
  readonly description?: string;
  readonly unit?: string;
  readonly required: boolean;
  readonly unique: boolean;
  readonly primaryKey: boolean;
  /** The allowed values, in the file's order; also the categories of one-hot encoding. */
  readonly enum?: readonly (string | number | boolean)[];
  /** Both inclusive. */
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** An ECMA-262 regular expression that must match somewhere in the text, as in JSON Schema. */
  readonly pattern?: string;
  /** Classified as personal data: its values never reach records, logs, comments or pages. */
  readonly personal: boolean;
  readonly severity: Severity;
}

export interface RowCountRule {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly severity: Severity;
}

/** An `error` makes the verdict `fail`; a `warning` is only shown. */
export type Severity = 'error' | 'warning';
