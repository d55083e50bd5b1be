import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { literalPath, openSession, quoteName, quoteText } from '../../sql/index.ts';
import type { AnswersFile } from '../format/index.ts';
import type { AnsweringModel } from './artifacts.ts';

/** A page reads the answers of every run that it compares: of so many rows, some hundred kilobytes each. */
export const mostRows = 20_000;

/** Reads files of predictions; `await using` frees it. */
export interface AnswersReader extends AsyncDisposable {
  /** What the file says, without keys; or why it says nothing. */
  read(bytes: Uint8Array, model: AnsweringModel): Promise<AnswersFile | 'unreadable' | 'too-many-rows'>;
}

/** @param folder that files of predictions are put into for a moment */
export async function answersReader(folder: string): Promise<AnswersReader> {
  const session = await openSession({ threads: 1, allowedPaths: [folder] });
  return {
    read: async (bytes, model) => {
      const path = join(folder, `${randomUUID()}.parquet`);
      await writeFile(path, bytes);
      try {
        const relation = `read_parquet([${quoteText(literalPath(path))}], hive_partitioning = false)`;
        const [count] = await session.rows<{ n: number }>(`SELECT count(*) AS n FROM ${relation}`);
        if (count!.n > mostRows) return 'too-many-rows';
        const column = (name: string, as: string): string => `${quoteName(name)} AS ${quoteName(as)}`;
        if (model.task === 'regression') {
          const { columns } = await session.table(
            `SELECT ${column('truth', 'truth')}, ${column('value', 'value')} FROM ${relation}`,
          );
          return {
            version: 1,
            task: 'regression',
            truth: numbers(columns.get('truth')!.values),
            predicted: numbers(columns.get('value')!.values),
          };
        }
        const { classes } = model;
        const wanted = [
          column('truth', 'truth'),
          column('label', 'label'),
          ...classes.map((label, i) => column(`probability ${label}`, `p${i}`)),
        ];
        const { columns } = await session.table(`SELECT ${wanted.join(', ')} FROM ${relation}`);
        const places = new Map(classes.map((label, i) => [label, i]));
        const place = (label: unknown): number => places.get(String(label)) ?? Number.NaN;
        return {
          version: 1,
          task: 'classification',
          classes,
          truth: numbers(Array.from(columns.get('truth')!.values, place)),
          labels: numbers(Array.from(columns.get('label')!.values, place)),
          probabilities: classes.map((_, i) => numbers(columns.get(`p${i}`)!.values)),
        };
      } catch {
        return 'unreadable';
      } finally {
        await rm(path, { force: true });
      }
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

function numbers(values: ArrayLike<unknown>): readonly number[] {
  return Array.from(values, (value) => {
    if (typeof value !== 'number' || !Number.isFinite(value))
      throw new TypeError(`${String(value)} is no number`);
    return value;
  });
}
