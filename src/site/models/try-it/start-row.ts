import type { ColumnContract } from '../../../contract/index.ts';
import type { ColumnProfile } from '../../../data/index.ts';
import type { WebDescription } from '../../../embed/index.ts';
import { rowCheck } from '../../../embed/index.ts';
import type { RunRecord } from '../../../runs/index.ts';
import type { Row, ServableManifest } from '../../../servable/index.ts';
import { modelColumns } from '../../../servable/index.ts';
import type { TryFile } from '../../format/index.ts';

/**
 * What a form begins with: medians and the most frequent values of the run's data, where its profile tells them and the
 * contract allows them, else what a golden request has. Of personal data a profile tells nothing.
 */
export function startOf(
  { columns, golden, lineage }: ServableManifest,
  { info }: WebDescription,
  record: RunRecord | undefined,
): Pick<TryFile, 'reads' | 'start' | 'ranges'> {
  const reads = modelColumns(info).map(({ name }) => name);
  const read = new Set(reads);
  const profiles = new Map(
    Object.values(record?.data ?? {}).flatMap(({ profile }) =>
      (profile?.columns ?? []).map((column) => [column.name, column] as const),
    ),
  );
  const example = golden[0]?.row ?? {};
  const asked = columns.filter(
    ({ name, required }) => name !== lineage.target && (read.has(name) || required),
  );
  const row: Record<string, Row[string]> = {};
  for (const column of asked) {
    const { name } = column;
    const usual = usualValue(column, profiles.get(name));
    const value = usual !== undefined && allows(column, usual) ? usual : example[name];
    if (value !== undefined) row[name] = value;
  }
  const isWhole = rowCheck(columns)(row).length === 0;
  const ranges = asked.flatMap(({ name, personal }) => {
    const numbers = profiles.get(name)?.numbers;
    return numbers === undefined || personal ? [] : [[name, [numbers.minimum, numbers.maximum]] as const];
  });
  return { reads, start: isWhole ? row : example, ranges: Object.fromEntries(ranges) };
}

function usualValue(column: ColumnContract, profile: ColumnProfile | undefined): Row[string] | undefined {
  if (profile === undefined || column.personal) return undefined;
  const { type, enum: allowed } = column;
  if (allowed !== undefined) {
    const most = profile.top?.[0]?.value;
    return allowed.find((one) => String(one) === most);
  }
  if (type === 'integer' || type === 'number') {
    const median = profile.numbers?.quantiles[3];
    if (median === undefined) return undefined;
    return type === 'integer' ? Math.round(median) : Number(median.toPrecision(4));
  }
  if (type === 'boolean') {
    const most = profile.top?.[0]?.value;
    return most === undefined ? undefined : most === 'true';
  }
  return type === 'string' ? profile.top?.[0]?.value : undefined;
}

function allows(column: ColumnContract, value: Row[string]): boolean {
  return rowCheck([{ ...column, required: true }])({ [column.name]: value }).length === 0;
}
