import type { ColumnContract, Contract } from '../contract/index.ts';
import type { ModelInfo } from '../onnx/index.ts';
import type { ModelColumn } from './row-block.ts';

/** The raw columns that a model reads, in the order of its inputs. */
export function modelColumns(info: ModelInfo): readonly ModelColumn[] {
  const named = info.metadata['trainyard.columns'];
  const matrix = named === undefined ? undefined : (JSON.parse(named) as readonly string[]);
  return info.inputs.flatMap(({ name, type, shape }) => {
    const kind = type === 'string' ? 'text' : 'number';
    // An input of one column is fed by its own name, whatever the metadata says.
    const isMatrix = info.inputs.length === 1 && matrix !== undefined && shape.length === 2 && shape[1] !== 1;
    return isMatrix ? matrix.map((column) => ({ name: column, kind }) as const) : [{ name, kind } as const];
  });
}

/**
 * What a request may hold. Columns of the contract that the model does not read may come along (a key, for the log), but
 * need not; those of the primary key are still named as such. The target may not: it is what is asked for. Inputs that no contract speaks of may be anything of their type.
 */
export function requestColumns(
  info: ModelInfo,
  contract: Contract | undefined,
  target: string | undefined,
): readonly ColumnContract[] {
  const read = new Map(modelColumns(info).map((column) => [column.name, column]));
  const declared = (contract?.columns ?? [])
    .filter(({ name }) => name !== target || read.has(name))
    .map((column) => (read.has(column.name) ? column : { ...column, required: false, unique: false }));
  const known = new Set(declared.map(({ name }) => name));
  const others = [...read.values()]
    .filter(({ name }) => !known.has(name))
    .map(
      ({ name, kind }): ColumnContract => ({
        name,
        type: kind === 'text' ? 'string' : 'number',
        required: false,
        unique: false,
        primaryKey: false,
        personal: false,
      }),
    );
  return [...declared, ...others];
}
