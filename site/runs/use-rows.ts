import { compareValues } from '@format';
import type { ComputedRef, Ref, ShallowRef } from 'vue';
import { computed, nextTick, shallowRef, watch } from 'vue';
import type { RunsView } from './address.ts';
import { maskOf } from './filter.ts';
import type { RowGroup } from './group.ts';
import { groupedRows } from './group.ts';
import type { RunsTable } from './runs-table.ts';
import { sortedRows } from './sort.ts';

/** A line of the table: a run by its row, or a group. */
export type Line = number | RowGroup;

export interface Rows {
  /** That fit, in the order of the table. */
  readonly rows: ShallowRef<Int32Array<ArrayBuffer>>;
  readonly lines: ComputedRef<readonly Line[]>;
  /** On top of them, whether they fit or not. */
  readonly pinned: ComputedRef<readonly number[]>;
  readonly groups: ComputedRef<readonly RowGroup[]>;
  rowOf(id: string): number | undefined;
}

/** Which runs the table shows, and in which order. */
export function useRows(
  table: ShallowRef<RunsTable | undefined>,
  version: Ref<number>,
  view: ShallowRef<RunsView>,
): Rows {
  const rows = shallowRef(new Int32Array());
  const byId = computed(() => {
    const it = table.value;
    if (it === undefined || version.value === 0) return new Map<string, number>();
    return new Map(Array.from(it.rows(), (row) => [it.id(row), row] as const));
  });
  const sort = computed(() => view.value.sort);
  const order = computed(() => {
    const it = table.value;
    return it === undefined || version.value === 0 ? new Int32Array() : sortedRows(it, it.rows(), sort.value);
  });
  const asked = computed(() => {
    const { search, where, chosen } = view.value;
    return JSON.stringify([search, where, chosen]);
  });

  let start = 0;
  watch(
    [order, asked],
    async ([, now], [, before]) => {
      const it = table.value;
      if (it === undefined) return;
      start = performance.now();
      const mask = maskOf(it, view.value);
      rows.value = order.value.filter((row) => mask[row] === 1);
      if (now === before || before === undefined) return;
      await nextTick();
      performance.measure('runs-filter', { start, detail: rows.value.length });
    },
    { immediate: true },
  );

  const pinned = computed(() =>
    view.value.pinned.flatMap((id) => {
      const row = byId.value.get(id);
      return row === undefined ? [] : [row];
    }),
  );
  const unpinned = computed(() => {
    const top = new Set(pinned.value);
    return top.size === 0 ? rows.value : rows.value.filter((row) => !top.has(row));
  });
  const group = computed(() => view.value.group);
  const groups = computed(() => {
    const it = table.value;
    if (it === undefined || group.value === undefined) return [];
    return groupedRows(it, unpinned.value, group.value, sort.value.length === 0 ? compareValues : undefined);
  });
  const lines = computed((): readonly Line[] => {
    if (group.value === undefined) return Array.from(unpinned.value);
    const open = new Set(view.value.open);
    return groups.value.flatMap((each): Line[] => (open.has(each.key) ? [each, ...each.rows] : [each]));
  });
  return { rows, lines, pinned, groups, rowOf: (id) => byId.value.get(id) };
}
