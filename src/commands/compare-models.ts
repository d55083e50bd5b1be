import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Digest } from '../base/index.ts';
import type { GateReport, PairedDifference } from '../evaluate/index.ts';
import type { Pipeline } from '../pipeline/index.ts';
import type { RunRecord } from '../runs/index.ts';
import { heldOutDigest } from '../runs/index.ts';
import type { GatesRequest, StepCall } from '../steps/index.ts';
import { stepEntry } from '../steps/index.ts';
import type { Store } from '../store/index.ts';
import type { Effects } from './effects.ts';

export interface ModelComparison {
  /** Whose held-out rows both models answer. */
  readonly head: RunRecord;
  /** Of the model that it is compared with. */
  readonly base: Digest;
  /** Of `head`. */
  readonly pipeline: Pipeline;
  readonly store: Store;
  /** A folder that exists; what is made in it is removed again. */
  readonly temporary: string;
}

export type Compared =
  | { readonly kind: 'compared'; readonly differences: readonly PairedDifference[] }
  | { readonly kind: 'not-possible'; readonly because: string };

/** More than the held-out rows of a report should ever need. */
const timeLimitMilliseconds = 600_000;

/**
 * Runs two models on the held-out rows of a run, side by side, and gives what each metric differs by, with the interval
 * of the paired bootstrap: the built-in `gates` step without gates, in a process of its own. Where something is missing
 * it says what.
 */
export async function compareModels(
  comparison: ModelComparison,
  { env, machine, signal }: Pick<Effects, 'env' | 'machine' | 'signal'>,
): Promise<Compared> {
  const request = requestOf(comparison);
  if ('because' in request) return { kind: 'not-possible', because: request.because };
  const folder = await mkdtemp(join(comparison.temporary, 'trainyard-compare-'));
  try {
    const inputs = await layInputs(comparison, request, folder);
    if (typeof inputs === 'string') return { kind: 'not-possible', because: inputs };
    const out = await mkdtemp(join(folder, 'out-'));
    const call: StepCall = {
      request,
      root: comparison.pipeline.root,
      out,
      inputs,
      threads: machine.cpus,
    };
    const said = await runStep(call, env, signal);
    const text = await readFile(join(out, 'gates.json'), 'utf8').catch(() => undefined);
    if (text === undefined) return { kind: 'not-possible', because: said ?? 'the comparison gave no result' };
    const found = (JSON.parse(text) as GateReport).comparisons?.find(({ baseline }) => baseline === 'base');
    return found === undefined
      ? { kind: 'not-possible', because: 'the model of the baseline does not run on the rows of this branch' }
      : { kind: 'compared', differences: found.differences };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The step that measured the models says on which rows and how. */
function requestOf({ head, base, pipeline }: ModelComparison): GatesRequest | { readonly because: string } {
  const evaluate = Object.values(pipeline.file.steps).findLast(
    (step) => 'uses' in step && step.uses === 'evaluate',
  );
  const inputs = (evaluate as { readonly with?: Readonly<Record<string, unknown>> } | undefined)?.with;
  const dataset = pipeline.datasets.get(String(inputs?.['data']));
  if (dataset === undefined) return { because: 'no step of the pipeline measures models' };
  if (head.model === undefined) return { because: 'this run chose no model' };
  const number = (name: string, otherwise: number): number => {
    const value = inputs?.[name];
    return typeof value === 'number' ? value : otherwise;
  };
  // Without slices nothing of the contract is needed.
  const { contract: _, ...rows } = dataset;
  return {
    uses: 'gates',
    dataset: rows,
    gates: [],
    baselines: [{ name: 'base', digest: base, origin: 'the baseline' }],
    model: 'head',
    evaluate: 'evaluate',
    slices: [],
    resamples: number('resamples', 1000),
    seed: number('seed', 0),
  };
}

async function layInputs(
  { head, base, store }: ModelComparison,
  { dataset }: GatesRequest,
  folder: string,
): Promise<StepCall['inputs'] | string> {
  const rows = heldOutDigest(head, dataset.name);
  const wanted = [
    [`data.${dataset.name}/held-out`, rows, 'the held-out rows of this run are'],
    ['head/model', head.model!.digest, 'the model of this run is'],
    ['baseline/base', base, 'the model of the baseline is'],
  ] as const;
  const inputs: Record<string, string> = {};
  for (const [i, [name, digest, what]] of wanted.entries()) {
    const path = join(folder, `input-${i}`);
    const laid = digest === undefined ? undefined : await store.copyTo(digest, path);
    if (laid?.ok !== true) return `${what} not in this store`;
    inputs[name] = path;
  }
  const evaluation = join(folder, 'evaluation.json');
  const candidates = [{ step: 'head', digest: head.model!.digest }];
  await writeFile(evaluation, JSON.stringify({ version: 1, dataset: dataset.name, candidates }));
  return { ...inputs, 'evaluate/evaluation': evaluation };
}

const inherited = ['PATH', 'HOME', 'LANG', 'LD_LIBRARY_PATH', 'SYSTEMROOT', 'TMPDIR'];

/** The last line that the step said, when it did not end well. */
function runStep(call: StepCall, env: Effects['env'], signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const kept = Object.entries(env).filter(([name]) => inherited.includes(name));
    const child = spawn(process.execPath, [fileURLToPath(stepEntry)], {
      cwd: call.out,
      env: Object.fromEntries(kept),
      stdio: ['pipe', 'pipe', 'ignore'],
      signal,
      timeout: timeLimitMilliseconds,
      killSignal: 'SIGKILL',
    });
    let said = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      said = `${said}${chunk.toString('utf8')}`.slice(-10_000);
    });
    child.stdin!.on('error', () => undefined);
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code) => {
      resolve(code === 0 ? undefined : (said.trim().split('\n').at(-1) ?? 'it was ended'));
    });
    child.stdin!.end(JSON.stringify(call));
  });
}
