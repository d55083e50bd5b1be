import { useQuery } from '@site/parts/query.ts';
import type { ComputedRef } from 'vue';
import { computed } from 'vue';

/** What the address of a model's page says. */
export interface ModelQuery {
  readonly query: ComputedRef<URLSearchParams | undefined>;
  /** Writes a part of it, so that the view can be shared; `undefined` takes it away. No step of the browser's history. */
  set(name: 'version' | 'at' | 'from' | 'to', text: string | undefined): void;
}

export function useModelQuery(): ModelQuery {
  const query = useQuery();
  return {
    query: computed(() => query.value),
    set: (name, text) => {
      const next = new URLSearchParams(location.search);
      if (text === undefined || text === '') next.delete(name);
      else next.set(name, text);
      const search = next.toString().replaceAll('%3A', ':');
      history.replaceState(history.state, '', `${location.pathname}?${search}${location.hash}`);
      query.value = next;
    },
  };
}
