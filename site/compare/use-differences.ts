import type { ComparedRun, PairedAnswer, PairedQuestion, RunComparison } from '@format';
import { withBase } from 'vitepress';
import type { Ref, ShallowRef } from 'vue';
import { onBeforeUnmount, ref, shallowRef, toRaw, watch } from 'vue';
import type { Compared } from './compared.ts';

export interface Differences {
  /** By letter of the run: what it is when compared with the base. */
  readonly found: ShallowRef<ReadonlyMap<string, RunComparison>>;
  readonly isMeasuring: Ref<boolean>;
  readonly problem: Ref<string | undefined>;
}

/** Differences from the base, measured in a worker: with many rows it takes seconds. */
export function useDifferences(
  runs: ShallowRef<readonly Compared[]>,
  base: Ref<Compared | undefined>,
  step: () => string | undefined,
): Differences {
  const found = shallowRef<ReadonlyMap<string, RunComparison>>(new Map());
  const isMeasuring = ref(false);
  const problem = ref<string>();
  let worker: Worker | undefined;
  let number = 0;
  let heads: readonly Compared[] = [];

  const start = (): Worker => {
    const made = new Worker(withBase('/workers/paired.js'), { type: 'module' });
    made.onmessage = ({ data }: MessageEvent<PairedAnswer>) => {
      if (data.number !== number) return;
      found.value = new Map(heads.map(({ letter }, i) => [letter, data.compared[i]!]));
      isMeasuring.value = false;
    };
    made.onerror = (event) => {
      problem.value = event.message === '' ? 'the worker that measures them does not start' : event.message;
      isMeasuring.value = false;
    };
    return made;
  };

  watch([runs, base], ([all, first]) => {
    heads = all.filter((run) => run !== first);
    found.value = new Map();
    number++;
    // What nobody waits for any more would keep the next question waiting.
    if (isMeasuring.value) worker?.terminate();
    if (isMeasuring.value) worker = undefined;
    isMeasuring.value = false;
    if (first === undefined || heads.length === 0) return;
    const question: PairedQuestion = {
      number,
      base: plain(first, step()),
      heads: heads.map((head) => plain(head, step())),
    };
    isMeasuring.value = true;
    problem.value = undefined;
    worker ??= start();
    worker.postMessage(question);
  });
  onBeforeUnmount(() => worker?.terminate());
  return { found, isMeasuring, problem };
}

function plain({ record, answers }: Compared, step: string | undefined): ComparedRun {
  return {
    record: toRaw(record),
    ...(step === undefined ? {} : { step }),
    ...(answers === undefined ? {} : { answers: toRaw(answers) }),
  };
}
