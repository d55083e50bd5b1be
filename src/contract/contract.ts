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
  /** What must hold of the whole table or of counts of values, and every rule that is only a warning. */
  readonly metrics: readonly MetricRule[];
  /** What the file demands and Trainyard does not check. */
  readonly notChecked: readonly NotChecked[];
}

/** The types that the engines know. ODCS `date` and `timestamp` are ISO 8601 text in CSV. */
export type LogicalType = 'integer' | 'number' | 'boolean' | 'string' | 'date' | 'timestamp';

/** What must hold of every value of a column: a row that breaks it is refused, in files and in requests. */
export interface ColumnContract {
  readonly name: string;
  readonly type: LogicalType;
  /** The type in the file when it is none of ours (`time`, `array`): the column is text, and its type unchecked. */
  readonly declaredType?: string;
  readonly description?: string;
  /** From the custom property `unit`. */
  readonly unit?: string;
  readonly required: boolean;
  readonly unique: boolean;
  readonly primaryKey: boolean;
  /** The allowed values, in the file's order; also the categories of one-hot encoding. */
  readonly enum?: readonly (string | number | boolean)[];
  /** Of integers and numbers. The first two are inclusive. */
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  /** Of integers: a positive integer. */
  readonly multipleOf?: number;
  /** Of dates and timestamps, in the notation of the column. The first two are inclusive. */
  readonly earliest?: string;
  readonly latest?: string;
  readonly after?: string;
  readonly before?: string;
  /** Of text, in Unicode code points. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** An ECMA-262 regular expression that must match somewhere in the text, as in JSON Schema. */
  readonly pattern?: string;
  /** Classified as personal data: its values never reach records, logs, comments or pages. */
  readonly personal: boolean;
}

/** An ODCS library metric with what it must be. */
export interface MetricRule {
  readonly metric: Metric;
  /** Absent for `rowCount`; several for `duplicateValues` of a table. */
  readonly columns: readonly string[];
  readonly name?: string;
  readonly unit: 'rows' | 'percent';
  readonly operator: Operator;
  /** Two for `mustBeBetween` and `mustNotBeBetween`, smallest first; both ends are inside. */
  readonly bounds: readonly number[];
  /** Of `invalidValues`. */
  readonly validValues?: readonly (string | number | boolean)[];
  readonly pattern?: string;
  /** Of `missingValues`, besides null and the empty field. */
  readonly missingValues?: readonly (string | number | boolean)[];
  readonly severity: Severity;
}

export type Metric = 'rowCount' | 'nullValues' | 'missingValues' | 'invalidValues' | 'duplicateValues';

export type Operator =
  | 'mustBe'
  | 'mustNotBe'
  | 'mustBeGreaterThan'
  | 'mustBeGreaterOrEqualTo'
  | 'mustBeLessThan'
  | 'mustBeLessOrEqualTo'
  | 'mustBeBetween'
  | 'mustNotBeBetween';

/** An `error` makes the verdict `fail`; a `warning` is only shown. */
export type Severity = 'error' | 'warning';

export interface NotChecked {
  /** Of the file: `quality (sql)`, `slaProperties`, `logicalTypeOptions.format`. */
  readonly what: string;
  readonly column?: string;
  readonly because: string;
  readonly line: number;
}
