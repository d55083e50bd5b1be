import { runsManifestFile } from '@format';
import { fetchJson } from '@site/lib/data.ts';
import type { Ref, ShallowRef } from 'vue';
import { ref, shallowRef } from 'vue';
import { checkManifest, checkShard } from './check-files.ts';
import { RunsTable } from './runs-table.ts';

/** The runs of the site while they are being read. */
export interface RunsReading {
  readonly table: ShallowRef<RunsTable | undefined>;
  /** Grows whenever the table has got more: it changes in place. */
  readonly version: Ref<number>;
  /** All has been read, or could not be. */
  readonly done: Ref<boolean>;
  /** Why there is no table. */
  readonly problem: Ref<string | undefined>;
  /** Files that could not be read, and why. */
  readonly lost: Ref<readonly string[]>;
  start(): Promise<void>;
  again(): Promise<void>;
}

/** Kept while other pages are looked at. */
let kept: RunsReading | undefined;

export function runsReading(): RunsReading {
  kept ??= newReading();
  return kept;
}

const atOnce = 4;
/** Milliseconds between two looks at the table while it is read: each costs a sort and a filter. */
const calm = 250;

function newReading(): RunsReading {
  const table = shallowRef<RunsTable>();
  const version = ref(0);
  const done = ref(false);
  const problem = ref<string>();
  const lost = ref<readonly string[]>([]);
  let running: Promise<void> | undefined;

  const part = async (it: RunsTable, place: number, file: string, isMain: boolean): Promise<void> => {
    try {
      it.add(place, checkShard(await fetchJson(file), file, it.manifest.shards[place]!.rows));
      if (isMain) it.show(place);
    } catch (error) {
      lost.value = [...lost.value, said(error)];
    }
  };

  const readAll = async (): Promise<void> => {
    const it = new RunsTable(checkManifest(await fetchJson(runsManifestFile)));
    const { shards } = it.manifest;
    const first = shards[0];
    if (first !== undefined) await part(it, 0, first.file, true);
    table.value = it;
    version.value++;
    const rest: [place: number, file: string, isMain: boolean][] = [
      ...(first?.intervals === undefined ? [] : [[0, first.intervals, false] as [number, string, boolean]]),
      ...shards.slice(1).map(({ file }, i) => [i + 1, file, true] as [number, string, boolean]),
      ...shards
        .slice(1)
        .flatMap(({ intervals }, i) =>
          intervals === undefined ? [] : [[i + 1, intervals, false] as [number, string, boolean]],
        ),
    ];
    let shown = performance.now();
    const next = async (): Promise<void> => {
      for (let job = rest.shift(); job !== undefined; job = rest.shift()) {
        await part(it, ...job);
        if (performance.now() - shown < calm) continue;
        version.value++;
        shown = performance.now();
      }
    };
    await Promise.all(Array.from({ length: atOnce }, next));
    done.value = true;
    version.value++;
  };

  const start = async (): Promise<void> => {
    running ??= readAll().catch((error: unknown) => {
      problem.value = said(error);
      done.value = true;
    });
    await running;
  };

  return {
    table,
    version,
    done,
    problem,
    lost,
    start,
    again: async () => {
      running = undefined;
      problem.value = undefined;
      lost.value = [];
      done.value = false;
      await start();
    },
  };
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
