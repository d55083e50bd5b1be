import { metricDefinition } from '../../evaluate/index.ts';
import type { ModelCardFacts } from '../../report/index.ts';
import { cardLimits, openSlices } from '../../report/index.ts';
import type { RunRecord } from '../../runs/index.ts';
import { modelOf } from '../../runs/index.ts';
import type { CardColumn, CardData, CardFacts } from '../format/index.ts';
import { mainMetricOf } from '../format/index.ts';

/** As many columns, as the card in Markdown names. */
const mostColumns = 200;

/** What the card of a version says, as facts. */
export function cardFacts(facts: ModelCardFacts): CardFacts {
  const { record, notes } = facts;
  const evaluation = modelOf(record)?.evaluation;
  const { description, params, environment } = record;
  const metric = mainMetricOf(record);
  const trainedBy = record.model?.step;
  const own = notes === undefined ? [] : [{ heading: '', text: notes.opening }, ...notes.sections];
  return {
    ...(description === undefined ? {} : { description }),
    ...(evaluation === undefined ? {} : { task: taskOf(evaluation.task), rows: evaluation.rows }),
    ...(evaluation?.classes === undefined ? {} : { classes: evaluation.classes }),
    ...(evaluation?.positive === undefined ? {} : { positive: evaluation.positive }),
    metrics: Object.entries(evaluation?.metrics ?? {}).map(([name, { value, low, high }]) => ({
      name,
      value,
      low,
      high,
      ...betterOf(name),
    })),
    notComputed: evaluation?.missing ?? {},
    slices: openSlices(facts).map(({ column, value, rows, metrics }) => {
      const estimate = metric === undefined ? undefined : metrics[metric];
      return { column, value, rows, ...(estimate === undefined ? {} : { estimate }) };
    }),
    limits: cardLimits(facts),
    data: Object.entries(record.data).map(([name, state]) => dataOf(name, state)),
    columns: columnsOf(facts),
    params,
    ...(trainedBy === undefined ? {} : { trainedBy }),
    madeWith: `Trainyard ${environment.trainyard}, ONNX Runtime ${environment.onnxruntime}, Node ${environment.node}, ${environment.platform}`,
    notes: own.filter(({ text }) => text.trim() !== ''),
  };
}

export function betterOf(metric: string): { readonly better?: 'higher' | 'lower' } {
  const definition = metricDefinition(metric);
  return definition === undefined ? {} : { better: definition.better };
}

function taskOf(task: string): 'classification' | 'regression' {
  return task === 'regression' ? 'regression' : 'classification';
}

function dataOf(name: string, { rows, fingerprint, contract, checks }: RunRecord['data'][string]): CardData {
  return {
    name,
    ...(rows === undefined ? {} : { rows }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(contract === undefined
      ? {}
      : {
          contract: {
            version: contract.version,
            ...(checks === undefined ? {} : { verdict: checks.verdict }),
          },
        }),
  };
}

function columnsOf({ record, personal }: ModelCardFacts): readonly CardColumn[] {
  const profiles = new Map(
    Object.values(record.data).flatMap(({ profile }) =>
      (profile?.columns ?? []).map((column) => [column.name, { column, rows: profile!.rows }] as const),
    ),
  );
  const inputs = modelOf(record)?.signature.inputs ?? [];
  return inputs.slice(0, mostColumns).map(({ name, type }) => {
    const known = profiles.get(name);
    return {
      name,
      type: known?.column.type ?? type,
      personal: personal.has(name) || known?.column.personal === true,
      ...(known === undefined || known.rows === 0 ? {} : { missing: known.column.nulls / known.rows }),
    };
  });
}
