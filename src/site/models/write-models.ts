import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { ModelState, StagePolicy } from '../../registry/index.ts';
import { latestVersion, stagePolicies } from '../../registry/index.ts';
import type { RunRecord } from '../../runs/index.ts';
import type { ListedModel, ListedStage, ModelsFile, TryOut } from '../format/index.ts';
import { modelsFile } from '../format/index.ts';
import type { SiteOutput } from '../output.ts';
import type { SiteSources } from '../sources.ts';
import { approvalFacts } from './approval-facts.ts';
import type { DeployedStage } from './deployments.ts';
import { readDeployments } from './deployments.ts';
import { fileNameOf, folderOfVersion } from './file-name.ts';
import { listedModel, modelFile } from './model-file.ts';
import { ownerOf } from './owner.ts';
import type { JudgeProvenance } from './provenance-facts.ts';
import { provenanceJudge, unknown } from './provenance-facts.ts';
import type { TryItBench } from './try-it/bench.ts';
import { openTryIt, versionsToTry } from './try-it/bench.ts';
import { versionFacts, vouchedFor } from './version-facts.ts';

export interface ModelsWritten {
  readonly total: number;
  readonly missing: readonly string[];
}

/** So many of the newest versions are verified, besides those that stand somewhere: each one's bytes are read. */
const mostVerified = 20;

/** Records of versions that are looked for in the archive, of a pipeline; the newest versions first. */
const mostLookedFor = 20;

/** Models with their versions, stages, deployments, and what lets a page run them. Nobody is asked but this clone and the store. */
export async function writeModels(
  sources: SiteSources,
  output: SiteOutput,
): Promise<Result<ModelsWritten, readonly Failure[]>> {
  const { ledger, repository, signatures, project } = sources;
  if (ledger === undefined || repository === undefined) {
    await output.put(modelsFile, text({ version: 1, stages: [], models: [] }));
    await sweep(output, new Map());
    await output.remove([...(await output.list('onnxruntime'))]);
    return success({ total: 0, missing: [] });
  }
  const states = await ledger.states();
  if (!states.ok) return failed([states.failure]);
  const policies = stagePolicies(project.stages);
  const stages = stagesOf(policies, states.value);
  const records = await recordsOf(sources, states.value);
  if (!records.ok) return failed([records.failure]);
  const approvals = await approvalFacts(repository, signatures);
  if (!approvals.ok) return failed([approvals.failure]);
  const deployed = await readDeployments(
    repository,
    stages.map(({ name }) => name),
  );
  if (!deployed.ok) return failed([deployed.failure]);
  const judge = await provenanceJudge(sources);
  const bench = await openTryIt(sources, output);
  const toTry = versionsToTry(states.value);
  const listed: ListedModel[] = [];
  const kept = new Map<string, ReadonlySet<string>>();
  for (const state of states.value) {
    const name = fileNameOf(state.model);
    const made = await oneModel(state, {
      sources,
      records: records.value,
      deployed: deployed.value,
      judge,
      bench,
      toTry,
    });
    const file = modelFile(state, {
      versions: made.versions,
      policies,
      approvals: approvals.value.get(state.model) ?? [],
      deployed: deployed.value,
    });
    await output.put(`models/${name}.json`, text(file));
    kept.set(name, new Set(made.folders));
    listed.push(listedModel(state, file, `models/${name}.json`));
  }
  await sweep(output, kept);
  await bench.sweep();
  await output.put(modelsFile, text({ version: 1, stages, models: listed } satisfies ModelsFile));
  return success({ total: listed.length, missing: bench.missing() });
}

interface ModelWorld {
  readonly sources: SiteSources;
  readonly records: ReadonlyMap<string, RunRecord>;
  readonly deployed: readonly DeployedStage[];
  readonly judge: JudgeProvenance;
  readonly bench: TryItBench;
  readonly toTry: ReadonlySet<string>;
}

async function oneModel(
  state: ModelState,
  { sources, records, judge, bench, toTry }: ModelWorld,
): Promise<{
  readonly versions: readonly ReturnType<typeof versionFacts>[];
  readonly folders: readonly string[];
}> {
  const owner = await ownerOf(sources, state);
  const latest = latestVersion(state)?.name;
  const versions: ReturnType<typeof versionFacts>[] = [];
  const folders: string[] = [];
  for (const [i, version] of state.versions.entries()) {
    const { registered, name } = version;
    const record = 'event' in registered ? records.get(registered.event.run) : undefined;
    const stands = name === latest || version.stages.length > 0;
    const provenance =
      stands || i < mostVerified
        ? await judge(version)
        : unknown(`Not looked at for this site: trainyard models verify ${state.model}@${name} does.`);
    const vouched = 'event' in registered ? vouchedFor(registered.event, record) : undefined;
    const among = toTry.has(`${state.model}@${name}`);
    const tryOut: TryOut = await bench.lay({ state, version, record: vouched, wanted: stands, among });
    if (tryOut.can) folders.push(folderOfVersion(name));
    versions.push(versionFacts(state, version, { record, owner, provenance, tryOut }));
  }
  return { versions, folders };
}

/** The records that versions name: read in one pass, whatever else the branch has. */
async function recordsOf(
  { runs }: SiteSources,
  states: readonly ModelState[],
): Promise<Result<ReadonlyMap<string, RunRecord>, Failure>> {
  const pipelines = new Map<string, Set<string>>();
  for (const { versions } of states)
    for (const { registered } of versions) {
      if (!('event' in registered)) continue;
      const { pipeline, run } = registered.event;
      pipelines.set(pipeline, (pipelines.get(pipeline) ?? new Set()).add(run));
    }
  const records = new Map<string, RunRecord>();
  for (const [pipeline, only] of pipelines) {
    const list = await runs.list({ pipeline, only });
    if (!list.ok) return list;
    for (const record of list.value.records) records.set(record.id, record);
    // What was pruned is in the archive, where each one is looked for by its name: that takes its time.
    const absent = [...only].filter((id) => !records.has(id)).slice(0, mostLookedFor);
    for (const id of absent) {
      const archived = await runs.find(id, pipeline);
      if (archived.ok) records.set(id, archived.value);
    }
  }
  return success(records);
}

/** Stages of `trainyard.yaml` in their order, and then others that models stand or stood in. */
function stagesOf(policies: readonly StagePolicy[], states: readonly ModelState[]): readonly ListedStage[] {
  const declared = new Set(policies.map(({ name }) => name));
  const others = states.flatMap((state) => Object.keys(state.stages)).filter((name) => !declared.has(name));
  return [
    ...policies.map(({ name, from }) => ({ name, ...(from === undefined ? {} : { from }) })),
    ...[...new Set(others)].sort().map((name) => ({ name })),
  ];
}

/** Takes away what an earlier build wrote of models and versions that are not shown any more. */
async function sweep({ folder }: SiteOutput, kept: ReadonlyMap<string, ReadonlySet<string>>): Promise<void> {
  const root = join(folder, 'models');
  for (const entry of await entriesOf(root)) {
    const name = entry.name.replace(/\.json$/, '');
    const versions = kept.get(name);
    if (versions === undefined) await rm(join(root, entry.name), { recursive: true, force: true });
    else if (entry.isDirectory())
      for (const inside of await entriesOf(join(root, name)))
        if (!versions.has(inside.name))
          await rm(join(root, name, inside.name), { recursive: true, force: true });
  }
}

async function entriesOf(folder: string): Promise<readonly import('node:fs').Dirent[]> {
  return await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
}

function text(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
