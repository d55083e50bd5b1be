import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { manifestFile, problemOfServedName, readServableManifest } from '../servable/index.ts';
import type { PlannedModel, ServingPlan } from './plan.ts';
import { planUnreadable } from './workers/failures.ts';

export const planFile = 'plan.json';

/**
 * A plan from a file, a folder with `plan.json`, or a folder with servables (itself, or at most two folders below): then
 * each answers for its model. Its folders become absolute.
 */
export async function readServingPlan(path: string): Promise<Result<ServingPlan, Failure>> {
  const isFile = await stat(path).then(
    (facts) => facts.isFile(),
    () => false,
  );
  if (isFile) return await readPlanFile(path);
  const entries = await readdir(path).catch((): string[] => []);
  if (entries.includes(planFile)) return await readPlanFile(join(path, planFile));
  return await planOfServables(path);
}

async function readPlanFile(file: string): Promise<Result<ServingPlan, Failure>> {
  try {
    const plan = JSON.parse(await readFile(file, 'utf8')) as ServingPlan;
    if (plan.version !== 1) {
      return failed(
        planUnreadable(file, `its version is ${String(plan.version)}, and this Trainyard reads 1`),
      );
    }
    const planned: unknown = plan.models;
    if (!Array.isArray(planned)) return failed(planUnreadable(file, 'it has no list of models'));
    for (const { model } of plan.models) {
      const problem = problemOfServedName(model);
      if (problem !== undefined) return failed(planUnreadable(file, problem));
    }
    const models = plan.models.map((model) => ({
      ...model,
      versions: model.versions.map((version) => ({
        ...version,
        folder: resolve(dirname(file), version.folder),
      })),
    }));
    return success({ ...plan, models });
  } catch (error) {
    return failed(planUnreadable(file, error));
  }
}

async function planOfServables(folder: string): Promise<Result<ServingPlan, Failure>> {
  const folders = await servablesBelow(resolve(folder), 2);
  if (folders.length === 0) return failed(planUnreadable(folder, `it has neither ${planFile} nor servables`));
  const models = new Map<string, PlannedModel>();
  for (const at of folders) {
    const manifest = await readServableManifest(at);
    if (!manifest.ok) return manifest;
    const { model, modelVersion: name, digest } = manifest.value;
    if (models.has(model)) {
      return failed(
        planUnreadable(folder, `it has two versions of ${model}, and no ${planFile} says which answers`),
      );
    }
    models.set(model, { model, versions: [{ name, digest, folder: at }], served: name, shadows: [] });
  }
  return success({ version: 1, models: [...models.values()].sort((a, b) => (a.model < b.model ? -1 : 1)) });
}

async function servablesBelow(folder: string, depth: number): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  if (entries.some((entry) => entry.name === manifestFile)) return [folder];
  if (depth === 0) return [];
  const below = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .map((entry) => servablesBelow(join(folder, entry.name), depth - 1));
  return (await Promise.all(below)).flat();
}
