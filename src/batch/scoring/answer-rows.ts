import type { Predictor } from '../../onnx/index.ts';
import type { Column, Table } from '../../sql/index.ts';
import type { RowsToScore, ScoredRows } from './messages.ts';

/**
 * Asks the model. When it refuses (a missing value where its input has none, an answer that is no number), the rows are
 * halved until those are found that it refuses.
 */
export async function answerRows(predictor: Predictor, question: RowsToScore): Promise<ScoredRows> {
  const { rows } = question;
  const { info } = predictor;
  const chosen = new Int32Array(rows);
  const width = info.task === 'regression' ? 1 : info.classes.length;
  const answers = Array.from({ length: width }, () => new Float64Array(rows));
  const unanswerable: { row: number; because: string }[] = [];
  const refuse = (row: number, because: string): void => {
    chosen[row] = -1;
    unanswerable.push({ row, because });
  };
  const table = tableOf(question);
  const ask = async (from: number, to: number): Promise<void> => {
    const prediction = await predictor.predict(from === 0 && to === rows ? table : part(table, from, to));
    if (!prediction.ok) {
      if (to - from === 1) return refuse(from, prediction.failure.message);
      const middle = (from + to) >> 1;
      await ask(from, middle);
      return await ask(middle, to);
    }
    if (prediction.value.task === 'regression') {
      answers[0]!.set(prediction.value.values, from);
      for (let row = from; row < to; row++)
        if (!Number.isFinite(answers[0]![row]!)) refuse(row, 'its answer is no finite number');
      return;
    }
    const { labels, probabilities } = prediction.value;
    chosen.set(labels, from);
    for (let c = 0; c < width; c++) {
      const column = answers[c]!;
      for (let row = from, at = c; row < to; row++, at += width) column[row] = probabilities[at]!;
    }
  };
  if (rows > 0) await ask(0, rows);
  return { kind: 'scored', id: question.id, chosen, answers, unanswerable, columns: question.columns };
}

function tableOf({ rows, columns }: RowsToScore): Table {
  const table = new Map<string, Column>();
  for (const column of columns) {
    if (column.kind === 'number') {
      table.set(column.name, { kind: 'number', values: column.values.subarray(0, rows) });
      continue;
    }
    const { codes, texts } = column;
    const values = new Array<string>(rows);
    for (let row = 0; row < rows; row++) values[row] = texts[codes[row]!]!;
    table.set(column.name, { kind: 'text', values });
  }
  return { rows, columns: table };
}

function part({ columns }: Table, from: number, to: number): Table {
  const parts = [...columns].map(([name, column]): [string, Column] => [
    name,
    column.kind === 'number'
      ? { kind: 'number', values: column.values.subarray(from, to) }
      : { kind: 'text', values: column.values.slice(from, to) },
  ]);
  return { rows: to - from, columns: new Map(parts) };
}
