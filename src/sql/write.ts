import { quoteText } from './quote.ts';
import type { SqlSession } from './session.ts';

/**
 * Writes the rows of a query, in its order, as Parquet. The same rows give the same bytes: nothing of the time or
 * the machine goes into the file, and row groups have a fixed size. The query has to say its order.
 */
export async function writeParquet(session: SqlSession, query: string, file: string): Promise<void> {
  await session.run(
    `COPY (${query}) TO ${quoteText(file)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`,
  );
}

/** Writes the rows of a query, in its order, as CSV: comma, LF, a header, quotes where needed, missing is empty. */
export async function writeCsv(session: SqlSession, query: string, file: string): Promise<void> {
  await session.run(
    `COPY (${query}) TO ${quoteText(file)} (FORMAT csv, HEADER true, DELIMITER ',', NULLSTR '', QUOTE '"', ESCAPE '"')`,
  );
}
