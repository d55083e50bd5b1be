import type {
  ModelFile,
  ModelsFile,
  RunNote,
  RunRecord,
  RunsManifest,
  RunsShard,
  ShardPlace,
  VersionFacts,
} from '@format';
import { modelsFile, runsManifestFile, shardsOf, shardValue } from '@format';
import { readData } from '@site/lib/data.ts';
import type { RunName } from '@site/lib/links.ts';

/** What the list of runs says of a run that its record cannot: it was written before. */
export interface Neighbours {
  /** The newest earlier run of the pipeline that succeeded; or that there was, when none did. */
  readonly previous?: RunName;
  readonly next?: RunName;
  readonly tags: readonly string[];
  readonly notes: readonly RunNote[];
  readonly archived: boolean;
}

/** So many shards are read on each side of the run's own: a pipeline that runs once a year is not worth all of them. */
const furthest = 3;

export async function readNeighbours(run: RunName): Promise<Neighbours> {
  const manifest = await readData<RunsManifest>(runsManifestFile);
  const places = shardsOf(manifest, run.id);
  for (const place of places) {
    const shard = await readData<RunsShard>(place.file);
    const row = rowOf(shard, run);
    if (row === undefined) continue;
    const at = manifest.shards.indexOf(place);
    if (at < 0) return { tags: shard.tags[row] ?? [], notes: shard.notes[row] ?? [], archived: true };
    const previous = await nextRun(manifest.shards.slice(at, at + 1 + furthest), run, 'older');
    const next = await nextRun(
      manifest.shards.slice(Math.max(0, at - furthest), at + 1).reverse(),
      run,
      'newer',
    );
    return {
      ...(previous === undefined ? {} : { previous }),
      ...(next === undefined ? {} : { next }),
      tags: shard.tags[row] ?? [],
      notes: shard.notes[row] ?? [],
      archived: false,
    };
  }
  return { tags: [], notes: [], archived: false };
}

function rowOf(shard: RunsShard, run: RunName): number | undefined {
  for (let row = 0; row < shard.rows; row++) {
    if (cell(shard, 'id', row) === run.id && cell(shard, 'pipeline', row) === run.pipeline) return row;
  }
  return undefined;
}

async function nextRun(
  places: readonly ShardPlace[],
  run: RunName,
  way: 'older' | 'newer',
): Promise<RunName | undefined> {
  let any: RunName | undefined;
  for (const place of places) {
    const shard = await readData<RunsShard>(place.file);
    const rows = Array.from({ length: shard.rows }, (_, i) => (way === 'older' ? i : shard.rows - 1 - i));
    for (const row of rows) {
      const id = cell(shard, 'id', row);
      if (typeof id !== 'string' || cell(shard, 'pipeline', row) !== run.pipeline) continue;
      if (way === 'older' ? id >= run.id : id <= run.id) continue;
      if (way === 'newer' || cell(shard, 'status', row) === 'succeeded')
        return { pipeline: run.pipeline, id };
      any ??= { pipeline: run.pipeline, id };
    }
  }
  return any;
}

function cell(shard: RunsShard, column: string, row: number): ReturnType<typeof shardValue> {
  return shardValue(shard.columns[column], row);
}

/** A version that has the run's model. */
export interface VersionOfRun {
  readonly model: string;
  readonly facts: VersionFacts;
  readonly deployments: ModelFile['deployments'];
}

export interface ModelsOfRun {
  /** Registered from this run, or of the same bytes. */
  readonly versions: readonly VersionOfRun[];
  /** What stands in stages now, for comparing. */
  readonly standing: readonly { readonly stage: string; readonly version: string; readonly run: RunName }[];
}

const mostModels = 5;

export async function readModelsOf(run: RunRecord): Promise<ModelsOfRun> {
  const { models } = await readData<ModelsFile>(modelsFile);
  const own = models
    .filter(({ name, pipeline }) => pipeline === run.pipeline || name === run.pipeline)
    .slice(0, mostModels);
  const files = await Promise.all(own.map(({ file }) => readData<ModelFile>(file)));
  const versions = files.flatMap((file) =>
    file.versions
      .filter(
        (each) => each.run === run.id || (each.digest !== undefined && each.digest === run.model?.digest),
      )
      .map((facts) => ({ model: file.name, facts, deployments: file.deployments })),
  );
  const standing = files.flatMap((file) =>
    file.stages.flatMap(({ name, now }) => {
      const facts = now && file.versions.find(({ version }) => version === now.version);
      return facts?.run === undefined || facts.run === run.id
        ? []
        : [
            {
              stage: name,
              version: facts.version,
              run: { pipeline: facts.pipeline ?? run.pipeline, id: facts.run },
            },
          ];
    }),
  );
  return { versions, standing };
}

/** Baselines of the gates that were runs. */
export function baselineRuns(run: RunRecord): readonly { readonly name: string; readonly run: RunName }[] {
  return (run.gates?.baselines ?? []).flatMap(({ name, origin }) => {
    const id = /\b(\d{8}-\d{6}-[0-9a-f]{8})\b/.exec(origin)?.[1];
    return id === undefined || id === run.id ? [] : [{ name, run: { pipeline: run.pipeline, id } }];
  });
}
