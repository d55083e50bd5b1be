import type { DataState, RunRecord } from '@format';
import { recordFile } from '@format';
import { readData } from '@site/lib/data.ts';
import type { ShallowRef } from 'vue';
import { onMounted, shallowRef, watch } from 'vue';

/** A run whose record tells of a dataset. */
export interface StateOf {
  readonly pipeline: string;
  readonly name: string;
  readonly run: string;
}

/** What a record says of a dataset; `undefined` until it is read, or when it says nothing. */
export async function readState({ pipeline, name, run }: StateOf): Promise<DataState | undefined> {
  const { data } = await readData<RunRecord>(recordFile(pipeline, run));
  return Object.hasOwn(data, name) ? data[name] : undefined;
}

/** The same while the page stands, anew when another run is asked for. */
export function useState(of: () => StateOf | undefined): {
  readonly state: ShallowRef<DataState | undefined>;
  readonly problem: ShallowRef<string | undefined>;
} {
  const state = shallowRef<DataState>();
  const problem = shallowRef<string>();
  const read = async (): Promise<void> => {
    const wanted = of();
    problem.value = undefined;
    if (wanted === undefined) {
      state.value = undefined;
      return;
    }
    try {
      const now = await readState(wanted);
      if (of()?.run === wanted.run) state.value = now;
    } catch (error) {
      if (of()?.run === wanted.run) problem.value = error instanceof Error ? error.message : String(error);
    }
  };
  onMounted(read);
  watch(() => of()?.run, read);
  return { state, problem };
}
