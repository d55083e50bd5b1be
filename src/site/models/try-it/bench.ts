import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest, Failure, Json } from '../../../base/index.ts';
import { digestOfJson, version as ourVersion } from '../../../base/index.ts';
import type { RuntimeFiles } from '../../../embed/index.ts';
import { findOnnxRuntime, webModelParts } from '../../../embed/index.ts';
import type { ModelState, ModelVersion } from '../../../registry/index.ts';
import { latestVersion } from '../../../registry/index.ts';
import type { RunRecord } from '../../../runs/index.ts';
import { modelOf } from '../../../runs/index.ts';
import type { TryFile, TryOut } from '../../format/index.ts';
import type { SiteOutput } from '../../output.ts';
import type { SiteSources } from '../../sources.ts';
import { fileNameOf, folderOfVersion } from '../file-name.ts';
import { startOf } from './start-row.ts';

/** Lays out what a page needs to run versions. */
export interface TryItBench {
  lay(asked: AskedVersion): Promise<TryOut>;
  /** Takes away what no model is run by any more: an older runtime. To be called when all are laid. */
  sweep(): Promise<void>;
  /** Why versions that should be there are not, for people. */
  missing(): readonly string[];
}

export interface AskedVersion {
  readonly state: ModelState;
  readonly version: ModelVersion;
  /** That its tag vouches for. */
  readonly record: RunRecord | undefined;
  /** The newest, or one that stands in a stage: others are not laid out, for a site would grow with each. */
  readonly wanted: boolean;
  /** One of `versionsToTry`. */
  readonly among: boolean;
}

/** A page holds the model in memory, and its visitors wait for it. */
const mostBytes = 64 * 2 ** 20;

/** So many versions can be tried: all that stand in a stage, however many, and then those that were registered last. */
const mostVersions = 24;

/** Of all models, the versions that can be tried as far as it depends on their number: `<model>@<version>`. */
export function versionsToTry(states: readonly ModelState[]): ReadonlySet<string> {
  const all = states.flatMap(({ model, versions }) =>
    versions.map(({ name, stages, registered }) => ({
      reference: `${model}@${name}`,
      stands: stages.length > 0,
      at: 'event' in registered ? registered.event.at : '',
    })),
  );
  const latest = new Set(states.map((state) => `${state.model}@${latestVersion(state)?.name}`));
  const standing = all.filter(({ stands }) => stands);
  const others = all
    .filter(({ reference, stands }) => !stands && latest.has(reference))
    .sort((a, b) => (a.at < b.at ? 1 : -1))
    .slice(0, Math.max(0, mostVersions - standing.length));
  return new Set([...standing, ...others].map(({ reference }) => reference));
}

export async function openTryIt(sources: SiteSources, output: SiteOutput): Promise<TryItBench> {
  const runtime = findOnnxRuntime(sources.root);
  const missing = new Set<string>();
  const used = new Set<string>();
  const lay = async (asked: AskedVersion): Promise<TryOut> => {
    const { state, version, wanted, among } = asked;
    const reference = `${state.model}@${version.name}`;
    if (!wanted)
      return cannot('Only the newest version and those that stand in a stage can be tried on the site.');
    if (version.digest === undefined) return cannot('It was made by another tool, and names no model.');
    if (!runtime.ok || sources.pack === undefined) {
      if (!runtime.ok) missing.add(withoutRuntime(runtime.failure));
      return cannot('The site was built without ONNX Runtime for browsers.');
    }
    if (!among) {
      missing.add(`${reference} cannot be tried: at most ${mostVersions} versions are, the newest`);
      return cannot(
        `At most ${mostVersions} versions of a site can be tried: those in a stage, then the newest.`,
      );
    }
    const made = await layOut(asked, { sources, output, runtime: runtime.value, pack: sources.pack });
    if (made.can) used.add(`onnxruntime/${runtime.value.version}/`);
    else missing.add(`${reference} cannot be tried: ${made.because}`);
    return made;
  };
  const sweep = async (): Promise<void> => {
    const there = await output.list('onnxruntime');
    await output.remove([...there].filter((path) => ![...used].some((folder) => path.startsWith(folder))));
  };
  return { lay, sweep, missing: () => [...missing] };
}

interface Bench {
  readonly sources: SiteSources;
  readonly output: SiteOutput;
  readonly runtime: RuntimeFiles;
  readonly pack: NonNullable<SiteSources['pack']>;
}

/** Of what a `try.json` was made: the same again need not be made. */
interface KeptTry extends TryFile {
  readonly madeOf: Digest;
}

async function layOut(
  { state, version, record }: AskedVersion,
  { output, runtime, pack }: Bench,
): Promise<TryOut> {
  const folder = `models/${fileNameOf(state.model)}/${folderOfVersion(version.name)}`;
  const file = `${folder}/try.json`;
  const registered = version.registered;
  const madeOf = digestOfJson({
    digest: version.digest ?? null,
    record: 'event' in registered ? registered.event.record : null,
    trainyard: ourVersion(),
    runtime: runtime.version,
  } as Json);
  const before = await keptThere(output, file, madeOf);
  if (before !== undefined) return before;
  const model = record === undefined ? undefined : modelOf(record);
  if ((model?.bytes ?? 0) > mostBytes)
    return cannot(`It is larger than ${mostBytes / 2 ** 20} MiB, too large for a page.`);
  const packed = await pack(`${state.model}@${version.name}`);
  if (!packed.ok) return cannot(said(packed.failure[0]));
  const parts = await webModelParts(packed.value.folder);
  if (!parts.ok) return cannot(said(parts.failure));
  const { bytes, description, repairs, manifest } = parts.value;
  if (bytes.length > mostBytes)
    return cannot(`It is larger than ${mostBytes / 2 ** 20} MiB, too large for a page.`);
  const shared = await shareRuntime(output, runtime);
  const tried: KeptTry = {
    version: 1,
    madeOf,
    model: state.model,
    modelVersion: version.name,
    digest: packed.value.manifest.digest,
    description,
    repairs,
    runtime: { version: runtime.version, ...shared },
    ...(manifest.lineage.target === undefined ? {} : { target: manifest.lineage.target }),
    task: description.info.task === 'regression' ? 'regression' : 'classification',
    ...(model?.evaluation?.positive === undefined ? {} : { positive: model.evaluation.positive }),
    ...startOf(manifest, description, record),
  };
  await output.put(`${folder}/model.onnx`, bytes);
  await output.put(file, `${JSON.stringify(tried)}\n`);
  return { can: true, file, bytes: bytes.length };
}

/** One copy for all models; a version of it is a folder of its own. */
async function shareRuntime(
  output: SiteOutput,
  { version, module, program }: RuntimeFiles,
): Promise<{ readonly module: string; readonly program: string }> {
  // Some hosts do not know what `.mjs` is.
  const paths = { module: `onnxruntime/${version}/ort.js`, program: `onnxruntime/${version}/ort.wasm` };
  const [code, wasm] = await Promise.all([readFile(module), readFile(program)]);
  await output.keep(paths.module, () => code);
  await output.keep(paths.program, () => wasm);
  return paths;
}

async function keptThere({ folder }: SiteOutput, file: string, madeOf: Digest): Promise<TryOut | undefined> {
  try {
    const tried = JSON.parse(await readFile(join(folder, file), 'utf8')) as KeptTry;
    const { size } = await stat(join(folder, file, '../model.onnx'));
    await stat(join(folder, tried.runtime.program));
    return tried.madeOf === madeOf ? { can: true, file, bytes: size } : undefined;
  } catch {
    return undefined;
  }
}

/** What is lacking, and the command that brings the version of it that models here run with. */
export function withoutRuntime({ code, message, remedy }: Failure): string {
  const what = code === 'embed-runtime-missing' ? 'onnxruntime-web is not installed' : message;
  return `models cannot be tried in their pages: ${what}. ${remedy}`;
}

function cannot(because: string): TryOut {
  return { can: false, because };
}

function said(failure: Failure | undefined): string {
  return failure === undefined ? 'nobody knows why' : failure.message;
}
