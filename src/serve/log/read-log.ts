import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SqlSession } from '../../sql/index.ts';
import type { AnswerRole } from '../fleet.ts';
import type { AnswerLine } from './line.ts';
import { answersFrom, labelsFrom } from './read-segment-sql.ts';
import { segmentFiles } from './recover.ts';
import { openEnding, parquetEnding, sealedEnding } from './segment-name.ts';

export interface LogFilter {
  readonly model: string;
  /** Answers from this moment on, in milliseconds since 1970. */
  readonly since?: number;
  /** Answers before this moment. Labels are taken from whenever they came. */
  readonly until?: number;
  readonly versions?: readonly string[];
  readonly roles?: readonly AnswerRole[];
  /** Of DuckDB, as it writes it; what does not fit goes to temporary files. Default: 512MB. */
  readonly memoryLimit?: string;
}

/** An answer with the label that came for it; of several the last. */
export interface JoinedAnswer extends Omit<AnswerLine, 'kind' | 'v'> {
  readonly label?: string | number;
  /** When the label arrived. */
  readonly labelTime?: string;
  /** When the label became known, as its sender said. */
  readonly labelKnown?: string;
}

/**
 * Reads the log of a model from its folder, the segments in the order of their hours, with the label of each answer: one
 * segment in memory at a time, and the labels in as much as the limit allows. A label belongs to every answer for its row of its
 * request, of whatever version: the answers of shadows are judged by it, too. Segments that are being written are read as far as
 * they are; lines that broke off are no lines.
 */
export async function* readPredictionLog(
  folder: string,
  filter: LogFilter,
): AsyncGenerator<readonly JoinedAnswer[], void, undefined> {
  const spillFolder = await mkdtemp(join(tmpdir(), 'trainyard-log-read-'));
  try {
    const { openSession } = await import('../../sql/index.ts');
    const model = join(folder, filter.model);
    await using session = await openSession({
      threads: 2,
      memoryLimit: filter.memoryLimit ?? '512MB',
      spillFolder,
      allowedPaths: [`${model}/`],
    });
    const { answers, labels } = await segmentsOf(model, filter);
    await loadLabels(session, labels);
    for (const base of answers) {
      const rows = await ofSegment(base, (file) => readAnswers(session, file, filter));
      if (rows !== undefined && rows.length > 0) yield rows;
    }
  } finally {
    await rm(spillFolder, { recursive: true, force: true });
  }
}

interface Segments {
  readonly answers: readonly string[];
  readonly labels: readonly string[];
}

/** Paths without endings, each once, whatever it is now. */
async function segmentsOf(model: string, { since, until }: LogFilter): Promise<Segments> {
  const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10).replaceAll('-', '/');
  const files = await segmentFiles(model, since === undefined ? undefined : dayOf(since));
  const bases = new Set(
    files.flatMap((file) => {
      const ending = [openEnding, sealedEnding, parquetEnding].find((each) => file.endsWith(each));
      return ending === undefined ? [] : [file.slice(0, -ending.length)];
    }),
  );
  const last = until === undefined ? undefined : dayOf(until);
  const isLabel = (base: string): boolean => base.startsWith('feedback/');
  return {
    answers: [...bases]
      .filter((base) => !isLabel(base) && (last === undefined || base.slice(0, 10) <= last))
      .map((base) => join(model, base)),
    labels: [...bases].filter(isLabel).map((base) => join(model, base)),
  };
}

async function loadLabels(session: SqlSession, bases: readonly string[]): Promise<void> {
  await session.run(
    'CREATE TABLE arrived (request VARCHAR, "row" BIGINT, label VARCHAR, "time" VARCHAR, known VARCHAR)',
  );
  for (const base of bases) {
    await ofSegment(base, async (file) => {
      await session.run(`INSERT INTO arrived ${labelsFrom(file)}`);
    });
  }
  await session.run(
    `CREATE TABLE labels AS SELECT request, "row", arg_max(label, place) AS label, max("time") AS "time",
      arg_max(known, place) AS known FROM (SELECT *, "time" || lpad(rowid::VARCHAR, 12, '0') AS place FROM arrived)
      GROUP BY request, "row"`,
  );
  await session.run('DROP TABLE arrived');
}

async function readAnswers(
  session: SqlSession,
  file: string,
  filter: LogFilter,
): Promise<readonly JoinedAnswer[]> {
  const { since, until, versions, roles } = filter;
  const iso = (time: number): string => new Date(time).toISOString();
  const wanted = [
    ...(since === undefined ? [] : ['answers."time" >= ?']),
    ...(until === undefined ? [] : ['answers."time" < ?']),
  ];
  const rows = await session.rows<Record<string, unknown>>(
    `SELECT answers.*, labels.label AS label, labels."time" AS "labelTime", labels.known AS "labelKnown"
      FROM (${await answersFrom(session, file)}) AS answers LEFT JOIN labels ON labels.request = answers.request
        AND labels."row" = answers."row" ${wanted.length === 0 ? '' : `WHERE ${wanted.join(' AND ')}`}
      ORDER BY answers.place`,
    [since, until].flatMap((time) => (time === undefined ? [] : [iso(time)])),
  );
  const found = rows.map(joined);
  return found.filter(
    ({ version, role }) =>
      (versions === undefined || (version !== undefined && versions.includes(version))) &&
      (roles === undefined || roles.includes(role)),
  );
}

function joined({ place: _, input, prediction, label, ...row }: Record<string, unknown>): JoinedAnswer {
  return {
    ...withoutNulls(row),
    ...(input === null ? {} : { input: withoutNulls(JSON.parse(input as string)) }),
    ...(prediction === null ? {} : { prediction: predictionOf(JSON.parse(prediction as string)) }),
    ...(label === null ? {} : { label: JSON.parse(label as string) }),
  } as unknown as JoinedAnswer;
}

/** A segment with several versions has the members of all of them in each row. */
function predictionOf(prediction: Record<string, unknown>): Record<string, unknown> {
  const { probabilities, ...rest } = withoutNulls(prediction);
  const shown = withoutNulls((probabilities ?? {}) as Record<string, unknown>);
  return Object.keys(shown).length === 0 ? rest : { ...rest, probabilities: shown };
}

function withoutNulls(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}

/** Reads the file that a segment is now; its writer may complete or convert it meanwhile. Gone is gone. */
async function ofSegment<T>(base: string, read: (file: string) => Promise<T>): Promise<T | undefined> {
  for (let attempt = 1; ; attempt++) {
    const file = await fileOf(base);
    if (file === undefined) return undefined;
    try {
      return await read(file);
    } catch (error) {
      if (attempt === 4 || (await fileOf(base)) === file) throw error;
    }
  }
}

async function fileOf(base: string): Promise<string | undefined> {
  for (const ending of [parquetEnding, sealedEnding, openEnding, sealedEnding, parquetEnding]) {
    if ((await stat(base + ending).catch(() => undefined)) !== undefined) return base + ending;
  }
  return undefined;
}
