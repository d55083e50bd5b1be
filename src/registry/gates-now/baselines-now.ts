import type { Result } from '../../base/index.ts';
import { success } from '../../base/index.ts';
import type { Baseline } from '../../evaluate/index.ts';
import type { RunsFailure } from '../../runs/index.ts';
import { baselineRun, isRunBaseline } from '../../runs/index.ts';
import type { Store } from '../../store/index.ts';
import { stageBaseline } from '../stage-baseline.ts';
import type { GatesQuestion } from './gates-now.ts';

/** What the names of baselines stand for now: stages by the tags that count, the others as a run would take them. */
export async function baselinesNow(
  question: GatesQuestion,
): Promise<Result<readonly Baseline[], RunsFailure>> {
  const { pipeline, state, history, repository, store } = question;
  const baselines = new Map<string, Baseline>();
  for (const gate of pipeline.file.model?.gates ?? []) {
    if (!('baseline' in gate) || baselines.has(gate.baseline)) continue;
    const { baseline: name, metric } = gate;
    if (!isRunBaseline(name)) {
      baselines.set(name, await atHand(stageBaseline(state, name), store));
      continue;
    }
    const resolved = await baselineRun({ history, repository, pipeline: pipeline.file.name, name, metric });
    if (!resolved.ok) return resolved;
    baselines.set(name, await atHand(resolved.value.baseline, store));
  }
  return success([...baselines.values()]);
}

async function atHand(baseline: Baseline, store: Store): Promise<Baseline> {
  const { name, digest, origin } = baseline;
  if (digest === undefined) return baseline;
  const whole = await store.verify(digest);
  if (whole.ok) return baseline;
  const problem = `its model ${digest} cannot be read: ${whole.failure.message}; run that commit again, or share a store`;
  return { name, origin, problem };
}
