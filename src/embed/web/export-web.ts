import { createHash, randomUUID } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Failure, Result } from '../../base/index.ts';
import { failed, packageFile, success } from '../../base/index.ts';
import type { ServableManifest } from '../../servable/index.ts';
import { modelColumns, modelFile } from '../../servable/index.ts';
import { embedUnwritable, folderTaken } from '../failures.ts';
import { examplePage, exampleScript, exampleStyle } from './example-page.ts';
import type { ModuleFiles } from './module-text.ts';
import { moduleText, moduleTypes } from './module-text.ts';
import { fileName } from './names.ts';
import { integrityText, readmeText } from './readme-text.ts';
import type { RuntimeFiles } from './runtime-files.ts';
import { findOnnxRuntime, onnxRuntimeFiles } from './runtime-files.ts';
import type { WebModelParts } from './web-model-parts.ts';
import { webModelParts } from './web-model-parts.ts';

export interface WebExport {
  /** Folder of the servable; absolute. */
  readonly servable: string;
  /** Absolute; appears whole, in place of an earlier export. */
  readonly folder: string;
  /** Where onnxruntime-web may be installed, too. */
  readonly cwd: string;
}

export interface WebExportReport {
  readonly model: string;
  readonly modelVersion: string;
  readonly folder: string;
  /** Below the folder: the module to import. */
  readonly module: string;
  readonly onnxRuntime: string;
  readonly files: readonly WebFile[];
  readonly bytes: number;
  /** What had to be repaired of the model, for people. */
  readonly repairs: readonly string[];
}

export interface WebFile {
  readonly path: string;
  readonly bytes: number;
  /** As HTML's `integrity` attribute takes it. */
  readonly integrity: string;
}

const files = {
  runtime: 'runtime.js',
  onnxRuntime: `onnxruntime/${onnxRuntimeFiles.module}`,
  program: `onnxruntime/${onnxRuntimeFiles.program}`,
} satisfies ModuleFiles;

const integrityFile = 'integrity.json';

/** What an export would be; nothing is written. */
export async function planWebExport(
  options: WebExport,
): Promise<Result<Omit<WebExportReport, 'files' | 'bytes'>, readonly Failure[]>> {
  const prepared = await prepare(options);
  if (!prepared.ok) return prepared;
  const { manifest, onnxRuntime, repairs } = prepared.value;
  return success(reportOf(options, manifest, onnxRuntime, repairs));
}

/** Writes a folder from which a page answers as the server does, with nothing from anywhere else. */
export async function exportWeb(options: WebExport): Promise<Result<WebExportReport, readonly Failure[]>> {
  const prepared = await prepare(options);
  if (!prepared.ok) return prepared;
  const { folder } = options;
  const { manifest, onnxRuntime, repairs } = prepared.value;
  const own = `${folder}.${randomUUID()}`;
  try {
    await mkdir(join(own, dirname(files.program)), { recursive: true });
    const written = await writeFiles(own, prepared.value);
    const before = `${own}.before`;
    await rename(folder, before).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await rename(own, folder).catch(async (error: unknown) => {
      await rename(before, folder).catch(() => undefined);
      throw error;
    });
    await rm(before, { recursive: true, force: true });
    const bytes = written.reduce((sum, file) => sum + file.bytes, 0);
    return success({ ...reportOf(options, manifest, onnxRuntime, repairs), files: written, bytes });
  } catch (error) {
    return failed([embedUnwritable(folder, error)]);
  } finally {
    await rm(own, { recursive: true, force: true }).catch(() => undefined);
  }
}

interface Prepared extends WebModelParts {
  readonly onnxRuntime: RuntimeFiles;
}

async function prepare({ servable, folder, cwd }: WebExport): Promise<Result<Prepared, readonly Failure[]>> {
  if (!(await isFree(folder))) return failed([folderTaken(folder)]);
  const onnxRuntime = findOnnxRuntime(cwd);
  if (!onnxRuntime.ok) return failed([onnxRuntime.failure]);
  const parts = await webModelParts(servable);
  if (!parts.ok) return failed([parts.failure]);
  return success({ ...parts.value, onnxRuntime: onnxRuntime.value });
}

/** Nothing, an empty folder, or an export with nothing beside what that wrote: all of it is replaced. */
async function isFree(folder: string): Promise<boolean> {
  const facts = await stat(folder).catch(() => undefined);
  if (facts === undefined) return true;
  if (!facts.isDirectory()) return false;
  const inside = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => undefined);
  if (inside === undefined) return false;
  if (inside.length === 0) return true;
  const text = await readFile(join(folder, integrityFile), 'utf8').catch(() => '');
  const ours = new Set([...exportedFiles(text), integrityFile, 'README.md']);
  const found = inside.filter((entry) => !entry.isDirectory());
  return (
    ours.has(files.runtime) &&
    found.every(({ parentPath, name }) =>
      ours.has(relative(folder, join(parentPath, name)).replaceAll(sep, '/')),
    )
  );
}

/** What the list of an earlier export names. */
function exportedFiles(text: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? Object.keys(value) : [];
  } catch {
    return [];
  }
}

async function writeFiles(
  folder: string,
  { manifest, description, bytes, onnxRuntime }: Prepared,
): Promise<readonly WebFile[]> {
  const name = fileName(manifest.model);
  const read = new Set(modelColumns(description.info).map((column) => column.name));
  const texts: readonly (readonly [path: string, text: string])[] = [
    [`${name}.js`, moduleText(description, files)],
    [`${name}.d.ts`, moduleTypes(description)],
    ['index.html', examplePage(manifest, read)],
    ['example.js', exampleScript(manifest)],
    ['example.css', exampleStyle],
  ];
  for (const [path, text] of texts) await writeFile(join(folder, path), text);
  await writeFile(join(folder, modelFile), bytes);
  await copyFile(packageFile('dist/web/runtime.js'), join(folder, files.runtime));
  await copyFile(onnxRuntime.module, join(folder, files.onnxRuntime));
  await copyFile(onnxRuntime.program, join(folder, files.program));
  const paths = [...texts.map(([path]) => path), modelFile, ...Object.values(files)].sort();
  const written: WebFile[] = [];
  for (const path of paths) {
    const content = await readFile(join(folder, path));
    const integrity = `sha384-${createHash('sha384').update(content).digest('base64')}`;
    written.push({ path, bytes: content.length, integrity });
  }
  await writeFile(join(folder, integrityFile), integrityText(written));
  await writeFile(
    join(folder, 'README.md'),
    readmeText({ manifest, onnxRuntime: onnxRuntime.version, files: written }),
  );
  return written;
}

function reportOf(
  { folder }: WebExport,
  { model, modelVersion }: ServableManifest,
  { version }: RuntimeFiles,
  repairs: readonly string[],
): Omit<WebExportReport, 'files' | 'bytes'> {
  return { model, modelVersion, folder, module: `${fileName(model)}.js`, onnxRuntime: version, repairs };
}
