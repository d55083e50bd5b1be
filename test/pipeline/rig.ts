import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Failure, Result } from '../../src/base/index.ts';
import type {
  Environment,
  ExecuteOptions,
  Machine,
  Outcome,
  Pipeline,
  Plan,
  PlanOptions,
  RunEvent,
} from '../../src/pipeline/index.ts';
import { execute, loadPipeline, makePlan, openLocalState } from '../../src/pipeline/index.ts';
import type { Store } from '../../src/store/index.ts';
import { openStore } from '../../src/store/index.ts';

export const machine: Machine = { engines: { duckdb: '1', onnxruntime: '1' }, platform: 'test' };

/** A repository in a folder of its own, with one pipeline. `await using` removes it. */
export interface Rig extends AsyncDisposable {
  readonly root: string;
  /** Writes files, relative to the pipeline's folder. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
  load(): Promise<Pipeline>;
  plan(options?: Partial<PlanOptions>): Promise<Result<Plan, readonly Failure[]>>;
  /** Plans and executes, as `trainyard run` does. */
  run(options?: RunOptions): Promise<RigRun>;
  store(): Promise<Store>;
}

export interface RunOptions extends Partial<ExecuteOptions> {
  readonly plan?: Partial<PlanOptions>;
}

export interface RigRun {
  readonly outcome: Outcome;
  readonly events: readonly RunEvent[];
  /** Status by id. */
  readonly statuses: Readonly<Record<string, string>>;
  /** Lines of output of a step. */
  lines(step: string): readonly string[];
}

export const environment: Environment = { PATH: process.env['PATH'], HOME: process.env['HOME'] };

export async function openRig(pipeline: string, files: Readonly<Record<string, string>> = {}): Promise<Rig> {
  const root = await mkdtemp(path.join(tmpdir(), 'trainyard-'));
  const folder = path.join(root, 'pipelines', 'p');
  const write = async (written: Readonly<Record<string, string>>): Promise<void> => {
    for (const [name, text] of Object.entries(written)) {
      const file = path.join(folder, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  };
  await write({ 'pipeline.yaml': pipeline, ...files });
  const load = async (): Promise<Pipeline> =>
    value(await loadPipeline({ root, file: 'pipelines/p/pipeline.yaml' }));
  const store = async (): Promise<Store> => value(await openStore('file:.trainyard/store', { root }));
  const common = async (): Promise<Pick<PlanOptions, 'env' | 'store' | 'state'>> => ({
    env: environment,
    store: await store(),
    state: openLocalState({ root, now: Date.now }),
  });
  return {
    root,
    write,
    load,
    store,
    plan: async (options = {}) => makePlan(await load(), { ...(await common()), machine, ...options }),
    run: async ({ plan: planOptions, ...options } = {}) => {
      const shared = { ...(await common()), ...(options.env === undefined ? {} : { env: options.env }) };
      const loaded = await load();
      const plan = value(await makePlan(loaded, { ...shared, machine, ...planOptions }));
      const events: RunEvent[] = [];
      const outcome = await execute(plan, {
        ...shared,
        pipeline: loaded,
        jobs: 2,
        cores: 2,
        signal: new AbortController().signal,
        now: Date.now,
        seed: 1,
        graceMilliseconds: 300,
        backOffMilliseconds: 5,
        ...options,
        listener: (event) => {
          events.push(event);
          options.listener?.(event);
        },
      });
      return {
        outcome,
        events,
        statuses: Object.fromEntries(outcome.steps.map((step) => [step.id, step.status])),
        lines: (step) =>
          events.flatMap((event) => (event.kind === 'output' && event.step === step ? [event.line] : [])),
      };
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

export function value<T>(result: Result<T, unknown>): T {
  if (result.ok) return result.value;
  throw new Error(JSON.stringify(result.failure, undefined, 2));
}
