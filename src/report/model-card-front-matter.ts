import { stringify } from 'yaml';
import type { Json } from '../base/index.ts';
import type { RunRecord } from '../runs/index.ts';
import { modelOf } from '../runs/index.ts';
import type { ModelCardFacts } from './model-card-facts.ts';
import { visible } from './visible-text.ts';

/** What Trainyard knows better than anybody who writes by hand. */
const ours: ReadonlySet<string> = new Set([
  'library_name',
  'pipeline_tag',
  'metrics',
  'model-index',
  'model_name',
]);

/**
 * The metadata block of a model card on Hugging Face
 * (https://github.com/huggingface/hub-docs/blob/main/modelcard.md), with the lines around it.
 */
export function frontMatter(facts: ModelCardFacts, owners: Readonly<Record<string, Json>>): string {
  const { model, record } = facts;
  const evaluation = modelOf(record)?.evaluation;
  const task = taskTag(evaluation?.task);
  const { license = 'unknown', tags, ...others } = owners;
  const metadata = {
    license,
    library_name: 'onnx',
    tags: [...new Set(['trainyard', 'tabular', ...textsOf(tags)])],
    ...(task === undefined ? {} : { pipeline_tag: task.type }),
    ...(evaluation === undefined ? {} : { metrics: Object.keys(evaluation.metrics) }),
    ...Object.fromEntries(Object.entries(others).filter(([name]) => !ours.has(name))),
    ...(task === undefined || evaluation === undefined
      ? {}
      : { 'model-index': [{ name: visible(model), results: [resultOf(facts, task)] }] }),
  };
  // Long lines stay one line: a fold could be read as the end of the block.
  return `---\n${stringify(metadata, { lineWidth: 0, defaultStringType: 'PLAIN' })}---\n`;
}

interface TaskTag {
  readonly type: string;
  readonly name: string;
}

function taskTag(task: 'classification' | 'regression' | undefined): TaskTag | undefined {
  if (task === undefined) return undefined;
  return task === 'classification'
    ? { type: 'tabular-classification', name: 'Tabular classification' }
    : { type: 'tabular-regression', name: 'Tabular regression' };
}

function resultOf({ record }: ModelCardFacts, task: TaskTag): object {
  const { rows, metrics } = modelOf(record)!.evaluation!;
  const [name, state] = measuredOn(record);
  return {
    task,
    dataset: {
      type: name,
      name,
      split: 'held-out',
      ...(state?.fingerprint === undefined ? {} : { revision: state.fingerprint }),
      args: { rows },
    },
    metrics: Object.entries(metrics).map(([type, { value, low, high }]) => ({
      type,
      value,
      name: type,
      args: { interval: [low, high], level: 0.95 },
    })),
  };
}

/** The dataset whose held-out rows were taken: the one with held-out rows, or the first. */
function measuredOn({ data }: RunRecord): readonly [string, RunRecord['data'][string] | undefined] {
  const states = Object.entries(data);
  const [name, state] = states.find(([, { rows }]) => (rows?.heldOut ?? 0) > 0) ?? states[0] ?? [];
  return [visible(name ?? 'unknown'), state];
}

function textsOf(value: Json | undefined): readonly string[] {
  const list = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return list.filter((each) => typeof each === 'string').map(visible);
}
