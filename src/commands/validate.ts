import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Failure, Result, Verdict } from '../base/index.ts';
import { failed, success, worstVerdict } from '../base/index.ts';
import type { ContractVerdict } from '../contract/index.ts';
import { validate as validateStep } from '../steps/index.ts';
import type { Effects } from './effects.ts';
import { datasetUnknown } from './failures.ts';
import { openPipeline, openProject } from './open-project.ts';

export interface ValidateOptions {
  readonly pipeline: string;
  /** Name of one dataset; default all that have a contract. */
  readonly data?: string;
}

export interface ValidateReport {
  readonly verdict: Verdict;
  readonly datasets: readonly ValidatedDataset[];
}

export interface ValidatedDataset {
  readonly name: string;
  readonly checks: ContractVerdict;
  /** The same for people: what fails, with file and line. */
  readonly summary: readonly string[];
  /** Its contract: the file, relative to the project, with `/`, and what it says. */
  readonly contract?: { readonly file: string; readonly text: string };
}

/** Checks the datasets of a pipeline against their contracts: what the `validate` step does, without a run. */
export async function validate(
  options: ValidateOptions,
  effects: Pick<Effects, 'cwd' | 'env' | 'machine'>,
): Promise<Result<ValidateReport, readonly Failure[]>> {
  const opened = await openProject(effects);
  if (!opened.ok) return opened;
  const { root } = opened.value;
  const pipeline = await openPipeline(root, options.pipeline);
  if (!pipeline.ok) return pipeline;
  const { datasets, contracts } = pipeline.value;
  if (options.data !== undefined && !datasets.has(options.data)) {
    return failed([datasetUnknown(options.data, [...datasets.keys()])]);
  }
  const names = options.data === undefined ? [...contracts.keys()] : [options.data];
  const validated: ValidatedDataset[] = [];
  for (const name of names) {
    const out = await mkdtemp(join(tmpdir(), 'trainyard-validate-'));
    try {
      const summary: string[] = [];
      const call = { root, out, inputs: {}, threads: effects.machine.cpus };
      const dataset = datasets.get(name)!;
      const request = { uses: 'validate' as const, dataset };
      const verdict = await validateStep(request, { ...call, request }, (line) => summary.push(line));
      if (!verdict.ok) return verdict;
      const checks = JSON.parse(await readFile(join(out, 'verdict.json'), 'utf8')) as ContractVerdict;
      const contract = dataset.contract === undefined ? {} : await contractOf(dataset.contract, root);
      validated.push({ name, checks, summary, ...contract });
    } finally {
      await rm(out, { recursive: true, force: true });
    }
  }
  return success({
    verdict: worstVerdict(validated.map(({ checks }) => checks.verdict)),
    datasets: validated,
  });
}

async function contractOf(path: string, root: string): Promise<Pick<ValidatedDataset, 'contract'>> {
  const file = relative(root, path).replaceAll('\\', '/');
  return { contract: { file, text: await readFile(path, 'utf8') } };
}
