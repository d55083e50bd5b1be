import { useQuery } from '@site/parts/query.ts';
import type { Ref, ShallowRef } from 'vue';
import { onMounted, onUnmounted, ref, shallowRef, watch } from 'vue';
import type { RunsView, ViewChange } from './address.ts';
import { firstView, knownPart, readView, writeView } from './address.ts';

/** What is set on the page, which is what its address says. */
export interface ViewInAddress {
  readonly view: ShallowRef<RunsView>;
  /** Parts of the address that say nothing here. */
  readonly problems: Ref<readonly string[]>;
  /** `step`: the button "back" comes back to what was before; else the address changes in its place, after a while. */
  change(parts: ViewChange, how?: 'step' | 'quietly'): void;
  /** Writes what is still waiting; the address then. */
  settle(): string;
}

/** Milliseconds; browsers count changes of the address and stop listening. */
const wait = 300;

export function useView(isField: (field: string) => boolean, isReady: Ref<boolean>): ViewInAddress {
  const view = shallowRef<RunsView>(firstView);
  const problems = ref<readonly string[]>([]);
  const query = useQuery();
  let path = '';
  let timer: ReturnType<typeof setTimeout> | undefined;

  const read = (): void => {
    if (!isReady.value || location.pathname !== path) return;
    clearTimeout(timer);
    timer = undefined;
    const found = knownPart(readView(location.search), isField);
    view.value = found.view;
    problems.value = found.problems;
  };
  const address = (): string => {
    const text = writeView(view.value);
    return `${path}${text === '' ? '' : `?${text}`}`;
  };
  const settle = (): string => {
    if (timer !== undefined) history.replaceState(history.state, '', address());
    clearTimeout(timer);
    timer = undefined;
    return location.href;
  };

  onMounted(() => {
    path = location.pathname;
    window.addEventListener('popstate', read);
    window.addEventListener('pagehide', settle);
    read();
  });
  onUnmounted(() => {
    window.removeEventListener('popstate', read);
    window.removeEventListener('pagehide', settle);
    clearTimeout(timer);
  });
  watch([query, isReady], read);

  return {
    view,
    problems,
    settle,
    change: (parts, how = 'step') => {
      if (how === 'step') settle();
      const { columns, group, ...rest } = { ...view.value, ...parts } as RunsView;
      view.value = {
        ...rest,
        ...(columns === undefined ? {} : { columns }),
        ...(group === undefined ? {} : { group }),
      };
      problems.value = [];
      if (how === 'step') {
        // Not null: VitePress would take "back" as its own then and not as a page's.
        if (address() !== `${path}${location.search}`) history.pushState({}, '', address());
        return;
      }
      clearTimeout(timer);
      timer = setTimeout(settle, wait);
    },
  };
}
