import type { ComputedRef, Ref, ShallowRef } from 'vue';
import { computed } from 'vue';
import type { Facet } from './filter.ts';
import { facets } from './filter.ts';
import type { RunsTable } from './runs-table.ts';

/** A field with the values to choose from and the number of runs that have each, the most frequent first. */
export interface FacetChoice {
  readonly facet: Facet;
  readonly label: string;
  readonly values: readonly (readonly [value: string, runs: number])[];
}

const labels: Readonly<Record<Facet, string>> = {
  pipeline: 'Pipeline',
  verdict: 'Verdict',
  status: 'Status',
  branch: 'Branch',
  tag: 'Tag',
};

/** Those in which there is something to choose. */
export function useFacets(
  table: ShallowRef<RunsTable | undefined>,
  version: Ref<number>,
  chosen: (facet: Facet) => readonly string[],
): ComputedRef<readonly FacetChoice[]> {
  return computed(() => {
    const it = table.value;
    if (it === undefined || version.value === 0) return [];
    return facets
      .map((facet) => ({ facet, label: labels[facet], values: valuesOf(it, facet) }))
      .filter(({ facet, values }) => values.length > (facet === 'tag' ? 0 : 1) || chosen(facet).length > 0);
  });
}

function valuesOf(table: RunsTable, facet: Facet): FacetChoice['values'] {
  const listed = table.manifest.columns.find(({ name }) => name === facet)?.values;
  if (listed !== undefined) return listed.map(([value, runs]) => [String(value), runs] as const);
  const runs = new Map<string, number>();
  const see = (value: string): unknown => runs.set(value, (runs.get(value) ?? 0) + 1);
  if (facet === 'tag') for (const row of table.said) for (const tag of table.notesOf(row).tags) see(tag);
  else for (const row of table.rows()) if (table.column(facet).kinds[row] === 2) see(table.text(facet, row));
  return [...runs].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}
