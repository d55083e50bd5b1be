import type { Baseline } from '../../evaluate/index.ts';
import type { Pipeline } from '../../pipeline/index.ts';
import type { Store } from '../../store/index.ts';
import type { RunRecord } from '../record.ts';

export interface BringBaselinesOptions {
  readonly recorded: RunRecord;
  readonly pipeline: Pipeline;
  readonly from: Store;
  readonly to: Store;
}

export interface BroughtBaselines {
  readonly baselines: readonly Baseline[];
  /** What could not be brought, as sentences. */
  readonly notes: readonly string[];
}

/** The models that the run's gates compared with then, whatever is the baseline now; their bytes come from the store. */
export async function bringBaselines(options: BringBaselinesOptions): Promise<BroughtBaselines> {
  const { recorded, pipeline, from, to } = options;
  const known = recorded.gates?.baselines ?? [];
  const asked = (pipeline.file.model?.gates ?? []).flatMap((gate) =>
    'baseline' in gate ? [gate.baseline] : [],
  );
  const baselines: Baseline[] = [];
  const notes: string[] = [];
  for (const name of new Set(asked)) {
    const baseline = known.find((each) => each.name === name) ?? {
      name,
      origin: 'the run did not come to its gates',
    };
    const problem = await bring(baseline, from, to);
    if (problem !== undefined) notes.push(`baseline ${name}: ${problem}`);
    const { digest: _, ...without } = baseline;
    baselines.push(problem === undefined ? baseline : { ...without, problem });
  }
  return { baselines, notes };
}

async function bring({ digest }: Baseline, from: Store, to: Store): Promise<string | undefined> {
  if (digest === undefined) return undefined;
  const bytes = await from.read(digest);
  if (!bytes.ok) return `its model ${digest} is not in this store, so its gates cannot be judged again`;
  const put = await to.putBytes(bytes.value);
  return put.ok ? undefined : put.failure.message;
}
