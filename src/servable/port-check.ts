import type { ColumnContract, RowProblem } from '../contract/index.ts';
import type { ModelInfo, TensorType } from '../onnx/index.ts';
import { millisecondsOf } from './cells.ts';
import type { ModelColumn } from './row-block.ts';

type Row = Readonly<Record<string, unknown>>;

const largestFloat = 3.4028234663852886e38;
const ranges: Readonly<Record<'int64' | 'int32' | 'bool', readonly [number, number]>> = {
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  bool: [0, 1],
};

/** Matches every text without NUL, where the runtime would cut it off. */
const noNul = '^[^\\u0000]*$';

/**
 * The columns of a contract with what the tensors of a model ask for besides, as far as a contract has words for it: so
 * that the description of requests and their check say it, too.
 */
export function narrowColumns(
  info: ModelInfo,
  columns: readonly ModelColumn[],
  contract: readonly ColumnContract[],
): readonly ColumnContract[] {
  const types = portTypes(info, columns);
  return contract.map((column) => narrow(column, types.get(column.name)));
}

function narrow(column: ColumnContract, type: TensorType | undefined): ColumnContract {
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = column;
  const bounds = (from: number, to: number): Partial<ColumnContract> => ({
    ...(minimum === undefined && exclusiveMinimum === undefined ? { minimum: from } : {}),
    ...(maximum === undefined && exclusiveMaximum === undefined ? { maximum: to } : {}),
  });
  switch (type) {
    case 'string':
      return column.type === 'string' && column.enum === undefined && column.pattern === undefined
        ? { ...column, pattern: noNul }
        : column;
    case 'float':
      return column.type === 'number' ? { ...column, ...bounds(-largestFloat, largestFloat) } : column;
    case 'int64':
    case 'int32':
    case 'bool': {
      if (column.type !== 'number' && column.type !== 'integer') return { ...column, required: true };
      return { ...column, type: 'integer', required: true, ...bounds(...ranges[type]) };
    }
    default:
      return column;
  }
}

/** The type of the tensor that a column goes into. */
function portTypes(info: ModelInfo, columns: readonly ModelColumn[]): ReadonlyMap<string, TensorType> {
  const ports = new Map(info.inputs.map(({ name, type }) => [name, type]));
  const only = info.inputs.length === 1 ? info.inputs[0]!.type : undefined;
  return new Map(
    columns.flatMap(({ name }) => {
      const type = ports.get(name) ?? only;
      return type === undefined ? [] : [[name, type] as const];
    }),
  );
}

/**
 * What the tensors of a model cannot hold although the contract allows it: a missing value or a fraction in a tensor of
 * integers, a number beyond single precision, a NUL in a text. Only columns whose contract leaves room for it are
 * looked at. The row is one that keeps the contract.
 */
export function portCheck(
  info: ModelInfo,
  columns: readonly ModelColumn[],
  contract: readonly ColumnContract[],
): (row: Row) => readonly RowProblem[] {
  const rules = new Map(contract.map((column) => [column.name, column]));
  const types = portTypes(info, columns);
  const checks = columns.flatMap(({ name }) => {
    const type = types.get(name);
    const rule = rules.get(name);
    if (type === undefined || rule === undefined || !leavesRoom(type, rule)) return [];
    return [{ name, type }];
  });
  if (checks.length === 0) return () => [];
  return (row) => {
    let problems: RowProblem[] | undefined;
    for (const { name, type } of checks) {
      const problem = problemOf(type, name, Object.hasOwn(row, name) ? row[name] : undefined);
      if (problem !== undefined) {
        problems ??= [];
        problems.push(problem);
      }
    }
    return problems ?? [];
  };
}

function leavesRoom(type: TensorType, rule: ColumnContract): boolean {
  const least = rule.minimum ?? rule.exclusiveMinimum ?? Number.NEGATIVE_INFINITY;
  const most = rule.maximum ?? rule.exclusiveMaximum ?? Number.POSITIVE_INFINITY;
  switch (type) {
    case 'double':
      return false;
    case 'float':
      return (
        rule.type === 'number' && rule.enum === undefined && !(least >= -largestFloat && most <= largestFloat)
      );
    case 'string':
      return rule.type === 'string' && rule.enum === undefined && rule.pattern !== noNul;
    default: {
      if (!rule.required) return true;
      if (rule.type === 'boolean') return false;
      const [from, to] = ranges[type];
      return !(rule.type === 'integer' && least >= from && most <= to);
    }
  }
}

function problemOf(type: TensorType, column: string, value: unknown): RowProblem | undefined {
  const isMissing = value === undefined || value === null || value === '';
  switch (type) {
    case 'double':
      return undefined;
    case 'float':
      return isMissing || Math.abs(Number(value)) <= largestFloat
        ? undefined
        : { rule: 'range', column, expected: `a number between -${largestFloat} and ${largestFloat}` };
    case 'string':
      return typeof value === 'string' && value.includes('\0')
        ? { rule: 'pattern', column, expected: 'a text without NUL' }
        : undefined;
    default: {
      if (isMissing) return { rule: 'required', column, expected: 'a value' };
      const number = typeof value === 'string' ? millisecondsOf(value) : Number(value);
      const [from, to] = ranges[type];
      return Number.isInteger(number) && number >= from && number <= to
        ? undefined
        : { rule: 'type', column, expected: `an integer from ${from} to ${to}` };
    }
  }
}
