import { createHmac } from 'node:crypto';
import type { ColumnContract } from '../../contract/index.ts';
import type { Place } from './answer-table.ts';
import { isNumeric, numericValue, putChoice, putText } from './answer-table.ts';

/** What may be kept of rows: `hashKey` set means that personal columns are hashed with it, else they are dropped. */
export interface Privacy {
  readonly hashKey?: string;
}

/** A column of a version that is kept. */
export interface Field {
  readonly name: string;
  /** All of its values, where the contract lists them. */
  readonly list?: readonly string[];
  /** The member of a line, `,"age":63`, or nothing for what is missing; the same value goes to its place in a table. */
  write(value: unknown, place?: Place): string;
}

export interface FieldOptions {
  readonly column: ColumnContract;
  /** Among the columns of its part. */
  readonly index: number;
  readonly privacy: Privacy;
}

export function fieldOf({ column, index, privacy }: FieldOptions): Field {
  if (column.personal) return hashedField(column, index, privacy.hashKey!);
  if (isNumeric(column.type)) return numberField(column, index);
  return column.enum === undefined ? textField(column, index) : listedField(column, index);
}

function numberField({ name, type }: ColumnContract, index: number): Field {
  const key = keyOf(name);
  const small: string[] = [];
  const memberOf = (value: number): string => {
    if (value >= 0 && value < 1024 && Number.isInteger(value)) {
      small[value] ??= `${key}${value}`;
      return small[value];
    }
    return memberText(key, value);
  };
  return {
    name,
    write: (value, place) => {
      const member = typeof value === 'number' ? memberOf(value) : memberText(key, value);
      const column = place?.part.inputs[index];
      if (column?.kind === 'numbers') {
        const read = typeof value === 'bigint' ? Number(value) : value;
        column.values[place!.at] = member === '' ? Number.NaN : numericValue(type, read);
      }
      return member;
    },
  };
}

function textField({ name }: ColumnContract, index: number): Field {
  const key = keyOf(name);
  return {
    name,
    write: (value, place) => {
      const column = place?.part.inputs[index];
      const member = memberText(key, value);
      if (column?.kind === 'texts') putText(column, member === '' ? undefined : textOf(value), place!);
      return member;
    },
  };
}

function listedField({ name, enum: allowed = [] }: ColumnContract, index: number): Field {
  const key = keyOf(name);
  const members = allowed.map((value) => memberText(key, value));
  const places = new Map<unknown, number>(allowed.map((value, place) => [value, place]));
  return {
    name,
    list: allowed.map(textOf),
    write: (value, place) => {
      const column = place?.part.inputs[index];
      const known = places.get(value);
      const member = known === undefined ? memberText(key, value) : members[known]!;
      if (column?.kind === 'choices') {
        if (known !== undefined) column.values[place!.at] = known;
        else putChoice(column, member === '' ? undefined : textOf(value), place!.at);
      }
      return member;
    },
  };
}

/** The same value has the same hash in every column and model that shares the key; without the key it cannot be found. */
function hashedField({ name }: ColumnContract, index: number, hashKey: string): Field {
  const key = keyOf(name);
  return {
    name,
    write: (value, place) => {
      const column = place?.part.inputs[index];
      const hash =
        memberText(key, value) === ''
          ? undefined
          : createHmac('sha256', hashKey).update(String(value)).digest('hex');
      if (column?.kind === 'texts') putText(column, hash, place!);
      return hash === undefined ? '' : `${key}"${hash}"`;
    },
  };
}

function keyOf(name: string): string {
  return `,${JSON.stringify(name)}:`;
}

/** Empty for what JSON cannot write: it is as good as missing. */
function memberText(key: string, value: unknown): string {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? `${key}${value}` : '';
    case 'string':
      return `${key}${JSON.stringify(value)}`;
    case 'boolean':
    case 'bigint':
      return `${key}${value}`;
    default:
      return '';
  }
}

/** The text that a reader of the line has of it, in a column of texts. */
function textOf(value: unknown): string {
  return typeof value === 'bigint' ? String(Number(value)) : String(value);
}
