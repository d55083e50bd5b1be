import { useQuery } from '@site/parts/query.ts';
import { withBase } from 'vitepress';
import type { ComputedRef, Ref, ShallowRef } from 'vue';
import { computed, ref, shallowRef, watch } from 'vue';
import type { ComparisonView } from './address.ts';
import { comparisonAddress, readComparison } from './address.ts';
import type { Compared, Gone } from './compared.ts';
import { readCompared } from './compared.ts';

export interface Comparison {
  readonly view: ShallowRef<ComparisonView | undefined>;
  readonly notes: Ref<readonly string[]>;
  /** In the order of the address. */
  readonly runs: ShallowRef<readonly Compared[]>;
  readonly gone: ShallowRef<readonly Gone[]>;
  /** The one that the others are compared with; the first one when that of the address is gone. */
  readonly base: ComputedRef<Compared | undefined>;
  readonly isReading: Ref<boolean>;
  change(view: ComparisonView): void;
}

/** The runs of the page's address. Changes go into the address in its place: "back" leads to the page before. */
export function useComparison(): Comparison {
  const query = useQuery();
  const view = shallowRef<ComparisonView>();
  const notes = ref<readonly string[]>([]);
  const runs = shallowRef<readonly Compared[]>([]);
  const gone = shallowRef<readonly Gone[]>([]);
  const isReading = ref(false);
  let turn = 0;

  const read = async (asked: ComparisonView): Promise<void> => {
    const mine = ++turn;
    isReading.value = true;
    const found = await Promise.all(asked.runs.map((name, i) => readCompared(name, i, asked.step)));
    if (mine !== turn) return;
    runs.value = found.filter((each): each is Compared => 'record' in each);
    gone.value = found.filter((each): each is Gone => !('record' in each));
    isReading.value = false;
  };
  const show = (asked: ComparisonView): void => {
    const before = view.value;
    view.value = asked;
    const key = ({ runs, step }: ComparisonView): string => JSON.stringify([runs, step]);
    if (before === undefined || key(before) !== key(asked)) void read(asked);
  };

  watch(query, (now) => {
    if (now === undefined) return;
    const found = readComparison(now);
    notes.value = found.notes;
    show(found.view);
  });

  return {
    view,
    notes,
    runs,
    gone,
    base: computed(() => runs.value.find(({ place }) => place === view.value?.base) ?? runs.value[0]),
    isReading,
    change: (asked) => {
      history.replaceState(history.state, '', withBase(comparisonAddress(asked)));
      notes.value = [];
      show(asked);
    },
  };
}
