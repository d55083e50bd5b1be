import { withBase } from 'vitepress';
import type { Ref } from 'vue';
import { onMounted, ref } from 'vue';

/** What could not be read, for people. */
export class DataProblem extends Error {
  /** The host's answer; absent when it gave none. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

const known = new Map<string, Promise<unknown>>();

/** A file of the site's `data/`, read once. Its shape is what this version of the site writes. */
export async function readData<T>(path: string): Promise<T> {
  const reading = known.get(path) ?? fetchJson(path);
  known.set(path, reading);
  reading.catch(() => known.delete(path));
  return (await reading) as T;
}

/** The same of a file that is too large to be kept as it was read; its shape is not looked at. */
export async function fetchJson(path: string): Promise<unknown> {
  const answer = await fetch(withBase(`/data/${path}`)).catch((error: unknown) => {
    throw new DataProblem(`data/${path} could not be read: ${String(error)}`);
  });
  if (!answer.ok) throw new DataProblem(`data/${path} is not there (${answer.status})`, answer.status);
  return await answer.json().catch((error: unknown) => {
    throw new DataProblem(`data/${path} is not JSON: ${String(error)}`);
  });
}

/** A value that is read when the page stands, or why it could not be. */
export interface Reading<T> {
  readonly value: Ref<T | undefined>;
  readonly problem: Ref<string | undefined>;
  /** Reads once more, after a problem. */
  readonly again: () => Promise<void>;
}

export function useReading<T>(read: () => Promise<T>): Reading<T> {
  const value = ref<T>() as Ref<T | undefined>;
  const problem = ref<string>();
  const again = async (): Promise<void> => {
    problem.value = undefined;
    try {
      value.value = await read();
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
    }
  };
  onMounted(again);
  return { value, problem, again };
}
