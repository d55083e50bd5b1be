import { readFile } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import type { Contract } from '../../contract/index.ts';
import { readContractFacts } from '../../contract/index.ts';
import type { DatasetSpec } from '../../data/index.ts';
import { findPipeline, loadPipeline, pipelineNames } from '../../pipeline/index.ts';
import type { DatasetContract, DatasetSource } from '../format/index.ts';
import { metricRule, rulesOf } from './rules-in-words.ts';

/** A dataset as the pipeline files of the work tree name it now. */
export interface DeclaredDataset {
  readonly pipeline: string;
  readonly name: string;
  readonly source: DatasetSource;
  readonly contract?: DatasetContract;
}

export interface Declared {
  readonly datasets: readonly DeclaredDataset[];
  /** Sentences about pipeline files that cannot be read. */
  readonly missing: readonly string[];
}

export async function declaredDatasets(root: string): Promise<Declared> {
  const datasets: DeclaredDataset[] = [];
  const missing: string[] = [];
  for (const folder of pipelineNames(root)) {
    const file = findPipeline(root, folder);
    if (!file.ok) continue;
    const loaded = await loadPipeline({ root, file: file.value });
    if (!loaded.ok) {
      const [first] = loaded.failure;
      missing.push(
        `${file.value}: ${first?.message ?? 'it has a mistake'}; its datasets are shown from records`,
      );
      continue;
    }
    const pipeline = loaded.value.file.name;
    for (const [name, spec] of loaded.value.datasets) {
      const contract = loaded.value.contracts.get(name);
      datasets.push({
        pipeline,
        name,
        source: sourceOf(root, spec),
        ...(contract === undefined ? {} : { contract: await contractOf(root, contract) }),
      });
    }
  }
  return { datasets, missing };
}

function sourceOf(root: string, { path, format, key, target, split }: DatasetSpec): DatasetSource {
  const below = isAbsolute(path) ? relative(root, path).split(sep).join('/') : path;
  return {
    // Where somebody keeps data outside of the repository is nobody else's business.
    path: below.startsWith('..') || isAbsolute(below) ? '(outside of the repository)' : below,
    format,
    key,
    ...(target === undefined ? {} : { target }),
    test: split.test,
    ...(split.stratify === undefined ? {} : { stratify: split.stratify }),
  };
}

async function contractOf(root: string, contract: Contract): Promise<DatasetContract> {
  const { id, version, name, file, digest, notChecked, metrics } = contract;
  const text = await readFile(join(root, file)).catch(() => '');
  const { columns, purpose, description: table, ...words } = readContractFacts(text);
  return {
    ...words,
    id,
    version,
    name,
    file,
    digest,
    ...(purpose === undefined ? {} : { description: purpose }),
    ...(table === undefined ? {} : { table }),
    rules: metrics.filter((rule) => rule.columns.length !== 1).map(metricRule),
    columns: contract.columns.map((column) => {
      const { name, type, declaredType, unit, description, personal } = column;
      return {
        ...(columns.get(name) ?? { tags: [] }),
        name,
        type: declaredType ?? type,
        ...(unit === undefined ? {} : { unit }),
        ...(description === undefined ? {} : { description }),
        personal,
        rules: rulesOf(column, metrics),
      };
    }),
    notChecked,
  };
}
