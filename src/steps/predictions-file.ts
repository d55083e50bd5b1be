import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sample } from '../evaluate/index.ts';
import { literalPath, openSession, quoteName, quoteText } from '../sql/index.ts';
import type { HeldOut } from './held-out.ts';

export interface PredictionsFile {
  /** Where the Parquet file goes. */
  readonly path: string;
  readonly heldOut: HeldOut;
  readonly sample: Sample;
  readonly key: readonly string[];
  /** Columns classified as personal data. */
  readonly personal: ReadonlySet<string>;
}

/**
 * Writes what a model said of the held-out rows, in their order: the key columns, `truth`, and `label` with one
 * `probability <class>` a class, or `value`. A key column of personal data is not written; in its place stands
 * `<column> sha256`, by which who has the data can join. (A digest of a guessable value can be guessed: it keeps
 * names out of sight, it does not make the file anonymous.) A key column
 * named like one of the others is written as `key <column>`.
 */
export async function writePredictions(file: PredictionsFile): Promise<void> {
  const scratch = `${file.path}.rows`;
  await mkdir(join(file.path, '..'), { recursive: true });
  await writeRows(scratch, file.sample);
  try {
    await using session = await openSession({
      threads: 1,
      allowedPaths: [file.heldOut.path, scratch, file.path],
    });
    const answers = answerColumns(file.sample);
    const types = answers.map(({ name, type }) => `${quoteText(name)}: '${type}'`).join(', ');
    const keys = file.key.map((column) => keyColumn(column, file.personal.has(column), answers));
    await session.run(
      `COPY (SELECT ${[...keys, ...answers.map(({ name }) => `answers.${quoteName(name)}`)].join(', ')} ` +
        `FROM ${file.heldOut.relation} AS held_out POSITIONAL JOIN ` +
        `read_csv([${quoteText(literalPath(scratch))}], auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', ` +
        `new_line = '\\n', parallel = false, columns = {${types}}) AS answers) ` +
        `TO ${quoteText(file.path)} (FORMAT parquet, COMPRESSION zstd)`,
    );
  } finally {
    await rm(scratch, { force: true });
  }
}

interface AnswerColumn {
  readonly name: string;
  readonly type: 'VARCHAR' | 'DOUBLE';
}

function answerColumns(sample: Sample): readonly AnswerColumn[] {
  if (sample.task === 'regression') {
    return [
      { name: 'truth', type: 'DOUBLE' },
      { name: 'value', type: 'DOUBLE' },
    ];
  }
  return [
    { name: 'truth', type: 'VARCHAR' },
    { name: 'label', type: 'VARCHAR' },
    ...sample.classes.map((label): AnswerColumn => ({ name: `probability ${label}`, type: 'DOUBLE' })),
  ];
}

function keyColumn(column: string, personal: boolean, answers: readonly AnswerColumn[]): string {
  const source = `held_out.${quoteName(column)}`;
  const taken = answers.some(({ name }) => name.toLowerCase() === column.toLowerCase());
  const name = taken ? `key ${column}` : column;
  return personal
    ? `sha256(CAST(${source} AS VARCHAR)) AS ${quoteName(`${name} sha256`)}`
    : `${source} AS ${quoteName(name)}`;
}

/** Lines that DuckDB reads back to the same doubles: JavaScript writes the shortest text that does. */
async function writeRows(path: string, sample: Sample): Promise<void> {
  await using file = await open(path, 'wx');
  const linesAtOnce = 10_000;
  for (let start = 0; start < sample.rows; start += linesAtOnce) {
    let lines = '';
    for (let row = start; row < Math.min(start + linesAtOnce, sample.rows); row++) {
      lines += `${rowTexts(sample, row).join(',')}\n`;
    }
    await file.write(lines);
  }
}

function rowTexts(sample: Sample, row: number): readonly (string | number)[] {
  if (sample.task === 'regression') return [sample.truth[row]!, sample.predicted[row]!];
  const width = sample.classes.length;
  const text = (index: number): string => `"${sample.classes[index]!.replaceAll('"', '""')}"`;
  return [
    text(sample.truth[row]!),
    text(sample.labels[row]!),
    ...sample.probabilities.subarray(row * width, (row + 1) * width),
  ];
}
