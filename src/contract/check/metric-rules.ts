import type { SqlSession } from '../../sql/index.ts';
import { quoteText } from '../../sql/index.ts';
import type { ColumnContract, MetricRule, Operator } from '../contract.ts';
import type { CheckRule } from '../verdict.ts';
import type { CheckedNames } from './column-rules.ts';
import { isOneOf, matchesPattern } from './column-rules.ts';

export const metricRules: Readonly<Record<MetricRule['metric'], CheckRule>> = {
  rowCount: 'row-count',
  nullValues: 'null-values',
  missingValues: 'missing-values',
  invalidValues: 'invalid-values',
  duplicateValues: 'duplicate-values',
};

/** SQL that is true for the rows that a metric counts; for metrics that count single rows of one column. */
export async function countedBy(
  session: SqlSession,
  rule: MetricRule,
  column: ColumnContract,
  { raw, value }: CheckedNames,
): Promise<string> {
  switch (rule.metric) {
    case 'nullValues':
      return `${raw} IS NULL`;
    case 'missingValues': {
      const values = (rule.missingValues ?? []).map((missing) => quoteText(String(missing)));
      return values.length === 0
        ? `${raw} IS NULL`
        : `(${raw} IS NULL OR ${raw}::VARCHAR IN (${values.join(', ')}))`;
    }
    case 'invalidValues': {
      const valid = [
        ...(rule.validValues === undefined ? [] : [isOneOf(value, column.type, rule.validValues)]),
        ...(rule.pattern === undefined
          ? []
          : [await matchesPattern(session, `${raw}::VARCHAR`, rule.pattern)]),
      ];
      // What is not even of the type is no valid value either.
      return `(${raw} IS NOT NULL AND NOT coalesce(${valid.join(' AND ')}, false))`;
    }
    case 'rowCount':
    case 'duplicateValues':
      throw new TypeError(`${rule.metric} counts no single rows`);
  }
}

/** Whether a measured number is what the rule asks for. Both ends of "between" are inside. */
export function isMet(operator: Operator, bounds: readonly number[], measured: number): boolean {
  const [first, second] = bounds as [number, number];
  switch (operator) {
    case 'mustBe':
      return measured === first;
    case 'mustNotBe':
      return measured !== first;
    case 'mustBeGreaterThan':
      return measured > first;
    case 'mustBeGreaterOrEqualTo':
      return measured >= first;
    case 'mustBeLessThan':
      return measured < first;
    case 'mustBeLessOrEqualTo':
      return measured <= first;
    case 'mustBeBetween':
      return measured >= first && measured <= second;
    case 'mustNotBeBetween':
      return measured < first || measured > second;
  }
}

const words: Readonly<Record<Operator, string>> = {
  mustBe: '',
  mustNotBe: 'not ',
  mustBeGreaterThan: 'more than ',
  mustBeGreaterOrEqualTo: 'at least ',
  mustBeLessThan: 'fewer than ',
  mustBeLessOrEqualTo: 'at most ',
  mustBeBetween: 'between ',
  mustNotBeBetween: 'not between ',
};

const counted: Readonly<Record<MetricRule['metric'], string>> = {
  rowCount: '',
  nullValues: ' without a value',
  missingValues: ' without a value',
  invalidValues: ' with an invalid value',
  duplicateValues: ' that repeat an earlier one',
};

/** For people: `fewer than 5 % of rows with an invalid value`. */
export function describeMetric({ metric, operator, bounds, unit }: MetricRule): string {
  const measure = unit === 'percent' ? ' % of rows' : bounds.at(-1) === 1 ? ' row' : ' rows';
  return `${words[operator]}${bounds.join(' and ')}${measure}${counted[metric]}`;
}
