import type { ListedModel, MainMetric, ModelFile, ModelsFile } from '@format';
import { modelsFile } from '@format';
import { readData } from '@site/lib/data.ts';
import { shellWord } from '@site/parts/shell-word.ts';

/** What stands of a model in the stages, and how good the furthest of them is. */
export interface StandingModel {
  readonly model: ListedModel;
  /** The last stage of the order in which a version stands. */
  readonly furthest?: { readonly stage: string; readonly version: string; readonly since: string };
  /** Of that version, or of the newest when none stands anywhere. */
  readonly metric?: MainMetric;
}

/** A stage in which nothing stands, and how something comes there. */
export interface EmptyStage {
  readonly stage: string;
  /** Only what came through that stage may come. */
  readonly from?: string;
  /** For a terminal, one a model; none where nothing may come yet. */
  readonly commands: readonly string[];
  /** Models that might come too, besides those of the commands. */
  readonly more: number;
}

export interface Standing {
  readonly stages: readonly string[];
  readonly models: readonly StandingModel[];
  readonly empty: readonly EmptyStage[];
}

/** Files of models are read only where the list does not say the metric, and only of so many. */
const mostFiles = 20;

export async function readStanding(): Promise<Standing> {
  const { models, stages: listed } = await readData<ModelsFile>(modelsFile);
  const stages = listed.map(({ name }) => name);
  let files = 0;
  const standing = await Promise.all(
    models.map(async (model): Promise<StandingModel> => {
      const stage = stages.findLast((name) => model.stages[name] !== undefined);
      if (stage === undefined)
        return { model, ...(model.latest?.metric ? { metric: model.latest.metric } : {}) };
      const furthest = { stage, ...model.stages[stage]! };
      const isLatest = model.latest?.version === furthest.version;
      const metric = isLatest
        ? model.latest?.metric
        : ++files <= mostFiles
          ? await metricOf(model, furthest.version)
          : undefined;
      return { model, furthest, ...(metric === undefined ? {} : { metric }) };
    }),
  );
  return { stages, models: standing, empty: emptyStages({ models, stages: listed }) };
}

/** More commands for one stage are no help. */
const mostCommands = 3;

/**
 * Stages without any version, and for each model the version that the order of stages lets come there: what stands in the
 * stage before it, or the newest where any may come.
 */
export function emptyStages({
  models,
  stages,
}: Pick<ModelsFile, 'models' | 'stages'>): readonly EmptyStage[] {
  if (models.length === 0) return [];
  return stages
    .filter(({ name }) => models.every((model) => versionIn(model, name) === undefined))
    .map(({ name: stage, from }) => {
      const commands = models.flatMap((model) => {
        const version = from === undefined ? model.latest?.version : versionIn(model, from);
        const one = shellWord(`${model.name}@${version}`);
        return version === undefined ? [] : [`trainyard promote ${one} --to ${shellWord(stage)}`];
      });
      return {
        stage,
        ...(from === undefined ? {} : { from }),
        commands: commands.slice(0, mostCommands),
        more: Math.max(0, commands.length - mostCommands),
      };
    });
}

/** A stage may be named as what every object has. */
function versionIn({ stages }: ListedModel, stage: string): string | undefined {
  return Object.hasOwn(stages, stage) ? stages[stage]?.version : undefined;
}

async function metricOf({ file }: ListedModel, version: string): Promise<MainMetric | undefined> {
  try {
    const { versions } = await readData<ModelFile>(file);
    return versions.find((each) => each.version === version)?.metric;
  } catch {
    // The list of models stands without it.
    return undefined;
  }
}
