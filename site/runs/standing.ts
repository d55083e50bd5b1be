import type { ModelsFile } from '@format';
import { modelsFile } from '@format';
import { readData } from '@site/lib/data.ts';

/** That the model of a run stands somewhere now. */
export interface StandingMark {
  /** The furthest of its stages. */
  readonly stage: string;
  /** Of the model that stands there; the first one, where there are several. */
  readonly model: string;
  /** `heart-disease v1.2.0 stands in staging, production`, for people. */
  readonly because: string;
}

/** By `pipeline/id` of the run. */
export type Standings = ReadonlyMap<string, StandingMark>;

/** Which runs' models stand in stages. A site whose models cannot be read has none: its page of models says why. */
export async function readStandings(): Promise<Standings> {
  return await readData<ModelsFile>(modelsFile).then(standingsOf, () => new Map());
}

export function standingsOf({ stages, models }: Pick<ModelsFile, 'stages' | 'models'>): Standings {
  const order = new Map(stages.map(({ name }, i) => [name, i]));
  const marks = new Map<string, StandingMark & { readonly rank: number }>();
  for (const model of models) {
    const versions = new Map<string, { readonly run: string; readonly names: string[] }>();
    for (const [name, { version, run }] of Object.entries(model.stages)) {
      if (run === undefined) continue;
      const own = versions.get(version) ?? { run: `${run.pipeline}/${run.id}`, names: [] };
      own.names.push(name);
      versions.set(version, own);
    }
    for (const [version, { run, names }] of versions) {
      const sorted = names.toSorted((a, b) => (order.get(a) ?? -1) - (order.get(b) ?? -1));
      const stage = sorted.at(-1)!;
      const rank = order.get(stage) ?? -1;
      const because = `${model.name.slice(0, 80)} ${version} stands in ${sorted.join(', ').slice(0, 120)}`;
      const before = marks.get(run);
      if (before === undefined) marks.set(run, { stage, model: model.name, because, rank });
      else {
        const furthest = rank > before.rank ? { stage, model: model.name, rank } : before;
        marks.set(run, { ...furthest, because: `${before.because}; ${because}` });
      }
    }
  }
  return marks;
}
