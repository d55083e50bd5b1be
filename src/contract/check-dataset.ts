import type { Result, Verdict } from '../base/index.ts';
import { failed, success, worstVerdict } from '../base/index.ts';
import type { NamedFile, RowSource, SqlFailure, SqlSession } from '../sql/index.ts';
import { engineFailed, openSource, readersDisagree } from '../sql/index.ts';
import { checkColumnNames } from './check/column-names.ts';
import { rulesOfColumn } from './check/column-rules.ts';
import type { Counted } from './check/count-rows.ts';
import { countAll, findExamples } from './check/count-rows.ts';
import { countDuplicates, findDuplicates } from './check/duplicates.ts';
import { countedBy, describeMetric, isMet, metricRules } from './check/metric-rules.ts';
import type { CheckedColumn, CheckedRelation } from './check/relation.ts';
import { checkedRelation } from './check/relation.ts';
import type { Contract, MetricRule } from './contract.ts';
import type { CheckResult, ContractVerdict, FailingRow } from './verdict.ts';

export interface CheckOptions {
  readonly files: readonly NamedFile[];
  readonly format: 'csv' | 'parquet';
  /** For CSV. Default: a comma. */
  readonly delimiter?: string;
  readonly contract: Contract;
}

/**
 * Checks every row of a dataset: one pass that counts all broken rules, one `GROUP BY` for each rule of uniqueness,
 * and, only when something is broken, a pass that finds the first rows. Fails when the files cannot be read strictly.
 */
export async function checkDataset(
  session: SqlSession,
  { contract, ...options }: CheckOptions,
): Promise<Result<ContractVerdict, readonly SqlFailure[]>> {
  try {
    const source = await openSource(session, options);
    return source.ok ? await checkSource(session, source.value, contract) : source;
  } catch (cause) {
    return failed([engineFailed('the data could not be checked', cause)]);
  }
}

async function checkSource(
  session: SqlSession,
  source: RowSource,
  contract: Contract,
): Promise<Result<ContractVerdict, readonly SqlFailure[]>> {
  const relation = checkedRelation(contract, source);
  const planned = await planChecks(session, contract, relation);
  const { rows, counts } = await countAll(
    session,
    relation,
    planned.map((check) => check.counted),
  );
  if (rows !== source.rows) return failed([readersDisagree(source.rows, rows)]);

  const judged = planned.map((check, i) => ({ ...check, result: check.judge(counts[i]!, rows) }));
  const broken = judged.filter((check) => check.result.verdict === 'fail');
  const examples = await findExamples(
    session,
    source,
    relation,
    broken.map((check) => check.counted),
  );
  const found = new Map(broken.map((check, i) => [check, examples[i]!]));

  const checks: CheckResult[] = [
    ...checkRowCount(contract, rows),
    ...checkColumnNames(contract, source),
    ...judged.map((check) => ({ ...check.result, examples: found.get(check) ?? [] })),
    ...(await checkUniqueness({ session, source, relation, contract, rows })),
  ];
  return success({ verdict: verdictOf(checks), rows, checks, notChecked: contract.notChecked });
}

type Judged = Omit<CheckResult, 'examples'>;

interface PlannedCheck {
  readonly counted: Counted;
  judge(count: number, rows: number): Judged;
}

async function planChecks(
  session: SqlSession,
  contract: Contract,
  relation: CheckedRelation,
): Promise<PlannedCheck[]> {
  const planned: PlannedCheck[] = [];
  for (const column of relation.columns) {
    const { name } = column.contract;
    for (const { rule, expected, broken } of await rulesOfColumn(session, column.contract, column)) {
      const judge = (count: number): Judged => ({
        rule,
        column: name,
        severity: 'error',
        verdict: count === 0 ? 'pass' : 'fail',
        failed: count,
        expected,
      });
      planned.push({ counted: { broken, column }, judge });
    }
    for (const rule of contract.metrics) {
      if (rule.columns[0] !== name || rule.metric === 'duplicateValues') continue;
      const broken = await countedBy(session, rule, column.contract, column);
      planned.push({ counted: { broken, column }, judge: (count, rows) => judgeMetric(rule, count, rows) });
    }
  }
  return planned;
}

function judgeMetric(rule: MetricRule, count: number, rows: number): Judged {
  const isUnknown = rule.unit === 'percent' && rows === 0;
  const measured = rule.unit === 'percent' ? (rows === 0 ? 0 : (100 * count) / rows) : count;
  const isKept = isMet(rule.operator, rule.bounds, measured);
  return {
    rule: metricRules[rule.metric],
    ...(rule.columns.length === 0 ? {} : { column: rule.columns.join(', ') }),
    severity: rule.severity,
    verdict: isUnknown ? 'inconclusive' : isKept ? 'pass' : 'fail',
    failed: rule.metric === 'rowCount' ? 0 : count,
    measured,
    expected: describeMetric(rule),
    ...(isUnknown ? { because: 'there are no rows' } : {}),
  };
}

/** No rows break no rule; that is not the same as keeping them. */
function checkRowCount(contract: Contract, rows: number): CheckResult[] {
  const rules = contract.metrics.filter((rule) => rule.metric === 'rowCount');
  const results = rules.map((rule) => ({ ...judgeMetric(rule, rows, rows), examples: [] }));
  if (rows > 0 || rules.length > 0) return results;
  return [
    {
      rule: 'row-count',
      severity: 'error',
      verdict: 'inconclusive',
      failed: 0,
      measured: 0,
      expected: 'at least 1 row',
      because: 'there are no rows to judge by',
      examples: [],
    },
  ];
}

interface UniquenessOptions {
  readonly session: SqlSession;
  readonly source: RowSource;
  readonly relation: CheckedRelation;
  readonly contract: Contract;
  readonly rows: number;
}

async function checkUniqueness(options: UniquenessOptions): Promise<CheckResult[]> {
  const { session, source, relation, contract, rows } = options;
  const results: CheckResult[] = [];
  for (const { names, metric } of uniqueKeys(contract)) {
    const columns = names.flatMap((name) =>
      relation.columns.filter((column) => column.contract.name === name),
    );
    if (columns.length < names.length) continue;
    const count = await countDuplicates(session, relation, columns);
    const result =
      metric === undefined ? judgeUnique(names, columns, count) : judgeMetric(metric, count, rows);
    const examples: readonly FailingRow[] =
      result.verdict === 'fail' && count > 0 ? await findDuplicates(session, source, relation, columns) : [];
    results.push({ ...result, examples });
  }
  return results;
}

interface UniqueKey {
  readonly names: readonly string[];
  readonly metric?: MetricRule;
}

function uniqueKeys({ columns, metrics }: Contract): UniqueKey[] {
  const primary = columns.filter((column) => column.primaryKey).map((column) => column.name);
  const singles = columns
    .filter((column) => column.unique || (column.primaryKey && primary.length === 1))
    .map((column) => ({ names: [column.name] }));
  return [
    ...singles,
    ...(primary.length > 1 ? [{ names: primary }] : []),
    ...metrics
      .filter((rule) => rule.metric === 'duplicateValues')
      .map((metric) => ({ names: metric.columns, metric })),
  ];
}

function judgeUnique(names: readonly string[], columns: readonly CheckedColumn[], count: number): Judged {
  return {
    rule: 'unique',
    column: names.join(', '),
    severity: 'error',
    verdict: count === 0 ? 'pass' : 'fail',
    failed: count,
    expected: columns.length === 1 ? 'no value twice' : 'no combination of values twice',
  };
}

function verdictOf(checks: readonly CheckResult[]): Verdict {
  return worstVerdict(checks.filter((check) => check.severity === 'error').map((check) => check.verdict));
}
