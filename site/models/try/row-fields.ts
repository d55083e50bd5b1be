import type { TryFile } from '@format';

type Column = TryFile['description']['columns'][number];
export type Value = string | number | boolean;

/** What a form holds of a column. */
export interface FieldState {
  /** As it is typed or chosen; a text that is no number goes to the check as it is. */
  value: Value;
  missing: boolean;
}

/** A column as the form asks for it. */
export interface Field {
  readonly column: Column;
  /** Of numbers: what the slider goes over; absent where nothing tells. */
  readonly range?: readonly [number, number];
  readonly step: number;
}

/** Columns that the model reads or the contract asks for, in the contract's order. */
export function fieldsOf({ description, reads, ranges, target }: TryFile): readonly Field[] {
  return description.columns
    .filter(({ name, required }) => name !== target && (required || reads.includes(name)))
    .map((column) => {
      const range = rangeOf(column, ownOf(ranges, column.name));
      return { column, ...(range === undefined ? {} : { range }), step: stepOf(column, range) };
    });
}

/** The limits of the contract, where it has both; else what the data of the run had. */
function rangeOf(
  column: Column,
  seen: readonly [number, number] | undefined,
): readonly [number, number] | undefined {
  const { type, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = column;
  if (type !== 'integer' && type !== 'number') return undefined;
  const whole = type === 'integer' ? column.multipleOf || 1 : 0;
  const low = minimum ?? (exclusiveMinimum === undefined ? undefined : exclusiveMinimum + whole);
  const high = maximum ?? (exclusiveMaximum === undefined ? undefined : exclusiveMaximum - whole);
  const from = low ?? seen?.[0];
  const to = high ?? seen?.[1];
  if (from === undefined || to === undefined) return undefined;
  const step = whole === 0 ? 1 : whole;
  // Also false of what is no number.
  if (!(step > 0)) return undefined;
  const [first, last] =
    type === 'integer' ? [Math.ceil(from / step) * step, Math.floor(to / step) * step] : [from, to];
  // Limits may be any numbers: what no slider can go over is typed.
  const isWide = first < last && Number.isFinite(last - first) && last - first > 1e-300;
  return isWide && (type === 'number' || last - first <= 2 ** 53) ? [first, last] : undefined;
}

/** A member of its own: names of columns may be those that every object has. */
function ownOf<T>(of: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}

function stepOf({ type, multipleOf }: Column, range: readonly [number, number] | undefined): number {
  if (type === 'integer')
    return multipleOf !== undefined && multipleOf > 0 && Number.isFinite(multipleOf) ? multipleOf : 1;
  if (range === undefined) return 0.01;
  return 10 ** Math.floor(Math.log10((range[1] - range[0]) / 100));
}

/** In the order of the fields. */
export function startOf(fields: readonly Field[], start: TryFile['start']): FieldState[] {
  return fields.map(({ column, range }) => {
    const value = ownOf(start, column.name) ?? null;
    return {
      value: value === null ? firstValue(column, range) : value,
      missing: value === null && !column.required,
    };
  });
}

function firstValue({ type, enum: allowed }: Column, range: readonly [number, number] | undefined): Value {
  if (allowed?.[0] !== undefined) return allowed[0];
  if (type === 'boolean') return false;
  if (type === 'integer') return range === undefined ? 0 : Math.round((range[0] + range[1]) / 2);
  if (type === 'number') return range === undefined ? 0 : (range[0] + range[1]) / 2;
  return '';
}

/** The row of a form, as a request would hold it. */
export function rowOf(fields: readonly Field[], states: readonly FieldState[]): Record<string, Value> {
  return Object.fromEntries(
    fields.flatMap(({ column }, i) => {
      const state = states[i];
      return state === undefined || state.missing || state.value === ''
        ? []
        : [[column.name, state.value] as const];
    }),
  );
}

/** Numbers over a range for a curve, each one that the column's type allows. */
export function pointsOf({ column, range }: Field, most: number): readonly number[] {
  if (column.enum !== undefined) {
    const all = column.enum.filter((each): each is number => typeof each === 'number').sort((a, b) => a - b);
    const every = Math.max(1, Math.ceil(all.length / most));
    return all.filter((_, i) => i % every === 0);
  }
  if (range === undefined) return [];
  const [from, to] = range;
  if (column.type === 'number')
    return Array.from({ length: most }, (_, i) =>
      Number((from + (to - from) * (i / (most - 1))).toPrecision(12)),
    );
  const step = column.multipleOf || 1;
  const count = Math.floor((to - from) / step) + 1;
  const every = Math.max(1, Math.ceil(count / most));
  return Array.from({ length: Math.ceil(count / every) }, (_, i) => from + i * every * step);
}
