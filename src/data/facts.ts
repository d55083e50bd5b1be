import type { JsonScalar, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { SqlSession } from '../sql/index.ts';
import type { DatasetFacts, DatasetSpec, StratumFacts } from './dataset.ts';
import type { DataFailure } from './failures.ts';
import { noRows, sideEmpty, strataTooMany, stratumEmpty } from './failures.ts';
import type { Stage } from './stage.ts';
import { stagedName } from './stage.ts';

/** A stratum goes into every run record, and a column of more values is a quantity or a key. */
const mostStrata = 100;

type CountedFacts = Pick<DatasetFacts, 'rows' | 'duplicates' | 'strata'>;

/** Counts sides, keys that come twice, and strata; fails when a side or a side of a stratum is empty. */
export async function findFacts(
  session: SqlSession,
  stage: Stage,
  dataset: DatasetSpec,
): Promise<Result<CountedFacts, readonly DataFailure[]>> {
  const { test, stratify } = dataset.split;
  const rows = await countSides(session, stage);
  if (rows.total === 0) return failed([noRows(dataset.name)]);
  if (rows.train === 0) return failed([sideEmpty('train', test, rows.total)]);
  if (rows.heldOut === 0 && test > 0) return failed([sideEmpty('held-out', test, rows.total)]);
  const strata = stratify === undefined ? [] : await countStrata(session, stage, stratify);
  if (strata.length > mostStrata) return failed([strataTooMany(stratify!, mostStrata)]);
  const empty = strata.filter((stratum) => stratum.train === 0 || (stratum.heldOut === 0 && test > 0));
  if (empty.length > 0) return failed(empty.map((stratum) => stratumEmpty(stratify!, stratum)));
  return success({ rows, duplicates: await countDuplicates(session, stage, dataset.key), strata });
}

async function countSides(session: SqlSession, stage: Stage): Promise<CountedFacts['rows']> {
  const [row] = await session.rows<{ total: number; held_out: number }>(
    `SELECT count(*) AS total, count(*) FILTER (WHERE held_out) AS held_out FROM ${stage.relation}`,
  );
  const { total, held_out: heldOut } = row!;
  return { total, train: total - heldOut, heldOut };
}

async function countStrata(session: SqlSession, stage: Stage, column: string): Promise<StratumFacts[]> {
  const rows = await session.rows<{ value: JsonScalar; train: number; held_out: number }>(
    `SELECT ${stagedName(stage, column)} AS value, count(*) FILTER (WHERE NOT held_out) AS train,
       count(*) FILTER (WHERE held_out) AS held_out
     FROM ${stage.relation} GROUP BY 1 ORDER BY 1 NULLS LAST LIMIT ${mostStrata + 1}`,
  );
  return rows.map(({ value, train, held_out: heldOut }) => ({ value, train, heldOut }));
}

async function countDuplicates(
  session: SqlSession,
  stage: Stage,
  key: readonly string[],
): Promise<CountedFacts['duplicates']> {
  if (key.length === 0) return { keys: 0, rows: 0 };
  const columns = key.map((name) => stagedName(stage, name)).join(', ');
  const [row] = await session.rows<{ keys: number; rows: number }>(
    `SELECT count(*) AS keys, coalesce(sum(n), 0) AS rows
     FROM (SELECT count(*) AS n FROM ${stage.relation} GROUP BY ${columns} HAVING n > 1)`,
  );
  return row!;
}
