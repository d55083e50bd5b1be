import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import { metricDefinition } from '../../evaluate/index.ts';
import type { RunsFailure } from '../failures.ts';
import { metricUnclear, questionWrong, recordDamaged, versionUnsupported } from '../failures.ts';
import { isTrue, valueAt } from '../run-index/columns.ts';
import type { RunIndex } from '../run-index/run-index.ts';
import { bestRow } from './best-row.ts';
import type { Predicate } from './compile-where.ts';
import { compileWhere } from './compile-where.ts';
import { compareValues, fieldValue, mainMetric, rowsBy } from './field-value.ts';
import { fieldOf, namesOf } from './fields.ts';
import { groupsOf } from './group-runs.ts';
import { listedRun } from './listed-run.ts';
import type { RunAnswer, RunQuestion } from './run-question.ts';
import { parseName, parseWhere, WhereMistake } from './where-syntax.ts';

/** The runs of the index that a question means, in the order that it asks for. */
export function answer(index: RunIndex, question: RunQuestion): Result<RunAnswer, RunsFailure> {
  const fields = (option: string, texts: readonly string[]): readonly string[] =>
    texts.map((text) => within(option, text, () => fieldOf(index, parseName(text)).name));
  try {
    const by = fields('--group-by', question.groupBy ?? []);
    const asked = fields('--columns', question.columns ?? []);
    const found = matching(index, question);
    const picked = pick(index, found, by, question);
    if (!picked.ok) return picked;
    const damaged = damagedOf(index, question.pipeline, question.archived === true);
    if (by.length > 0 && question.best === undefined && question.last !== true) {
      const groups = groupsOf(index, picked.value, by);
      const shown = groups.groups.slice(0, question.limit);
      return success({
        runs: [],
        total: groups.groups.length,
        columns: [],
        groups: { ...groups, groups: shown },
        damaged,
      });
    }
    const sorted = sort(index, picked.value, question);
    const rows = sorted.rows.slice(0, question.limit);
    const differing = question.differing === true ? differingFields(index, rows) : [];
    const columns = [...new Set([...by, ...asked, ...differing, ...sorted.shown])];
    const runs = rows.map((row) => listedRun(index, row, columns, question.details === true));
    return success({ runs, total: sorted.rows.length, columns, damaged });
  } catch (error) {
    if (error instanceof OptionMistake) return failed(error.failure);
    throw error;
  }
}

/** Rows that fit, the newest first. */
function matching(index: RunIndex, question: RunQuestion): readonly number[] {
  const { where, pipeline } = question;
  const fits: Predicate =
    where === undefined ? () => true : within('--where', where, () => compileWhere(parseWhere(where), index));
  const pipelines = index.column('pipeline');
  const wanted = pipeline === undefined ? undefined : pipelines.texts.indexOf(pipeline);
  const { kinds } = index.column('archived');
  const rows: number[] = [];
  for (let row = index.count - 1; row >= 0; row--) {
    if (wanted !== undefined && pipelines.values[row] !== wanted) continue;
    if (question.archived !== true && kinds[row] === isTrue) continue;
    if (fits(row)) rows.push(row);
  }
  return rows;
}

/** All rows, or one of each pipeline and group. */
function pick(
  index: RunIndex,
  rows: readonly number[],
  by: readonly string[],
  { best, last }: RunQuestion,
): Result<readonly number[], RunsFailure> {
  if (best === undefined && last !== true) return success(rows);
  const groups = rowsBy(index, rows, [...by, 'pipeline']);
  if (best === undefined) return success(groups.map((group) => group[0]!));
  const chosen: number[] = [];
  for (const group of groups) {
    const metric = best === true ? mainMetric(index, group) : best.replace(/^metrics\./, '');
    if (metric === undefined) continue;
    const better = metricDefinition(metric)?.better;
    if (better === undefined) {
      return failed(
        metricUnclear(
          `Whether more or less of "${metric}" is better is not known`,
          'Name a metric that trainyard measures, or use --sort with --limit 1.',
        ),
      );
    }
    const row = bestRow(index, group, metric);
    if (row !== undefined) chosen.push(row);
  }
  return success(chosen);
}

/** Sorted rows, and fields that should be seen since they are sorted by. What a run does not have comes last. */
function sort(
  index: RunIndex,
  rows: readonly number[],
  question: RunQuestion,
): { readonly rows: readonly number[]; readonly shown: readonly string[] } {
  const { sort: text } = question;
  if (text === undefined) {
    const sorted = [...rows].sort((a, b) => b - a);
    return { rows: question.descending === true ? sorted.reverse() : sorted, shown: [] };
  }
  const minus = text.startsWith('-');
  const name = minus ? text.slice(1) : text;
  const field = within('--sort', name, () => fieldOf(index, parseName(name)).name);
  const sign = minus !== (question.descending === true) ? -1 : 1;
  const keys = new Map(rows.map((row) => [row, fieldValue(index, row, field)]));
  const sorted = [...rows].sort((a, b) => {
    const [one, other] = [keys.get(a), keys.get(b)];
    if (one === undefined || other === undefined) {
      if (one === other) return b - a;
      return one === undefined ? 1 : -1;
    }
    return sign * compareValues(one, other) || b - a;
  });
  return { rows: sorted, shown: always.includes(field) ? [] : [field] };
}

/** Fields that every table of runs shows. */
const always = ['id', 'pipeline', 'commit', 'verdict', 'status', 'model', 'seconds', 'started', 'tag'];

function differingFields(index: RunIndex, rows: readonly number[]): readonly string[] {
  const candidates = [
    ...namesOf(index, 'params').map((name) => `params.${name}`),
    ...namesOf(index, 'matrix').map((name) => `matrix.${name}`),
  ];
  return candidates.filter((field) => new Set(rows.map((row) => valueAt(index.column(field), row))).size > 1);
}

function damagedOf(index: RunIndex, pipeline: string | undefined, archived: boolean): readonly RunsFailure[] {
  return index.rest.damaged
    .filter(({ path }) => archived || !path.startsWith('archive/'))
    .filter(({ path }) => pipeline === undefined || path.replace(/^archive\//, '').split('/')[1] === pipeline)
    .map(({ path, because, format }) =>
      format === undefined ? recordDamaged(path, because) : versionUnsupported(path, JSON.parse(format)),
    );
}

/** A mistake in what was typed, on its way out of the middle of a question. */
class OptionMistake extends Error {
  readonly failure: RunsFailure;
  constructor(failure: RunsFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

function within<T>(option: string, text: string, compile: () => T): T {
  try {
    return compile();
  } catch (error) {
    if (!(error instanceof WhereMistake)) throw error;
    const { message, remedy, at, length } = error;
    throw new OptionMistake(questionWrong({ option, text, at, length, message, remedy }));
  }
}
