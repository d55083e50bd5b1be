import type { AnswerPart, AnswerTable, Identity, Place } from '../answer-table.ts';
import { addAnswer, addFacts, addPart, numericValue, putChoice, putText } from '../answer-table.ts';
import type { AnswerLine, LabelLine, LoggedPrediction, LoggedRow, PredictionLogLine } from '../line.ts';

/** Fills a table with what the lines of a segment say, and gives its labels, if it has any. */
export function readLines(text: string, table: AnswerTable): readonly LabelLine[] {
  const labels: LabelLine[] = [];
  const parts = new Map<string, AnswerPart>();
  for (const each of linesOf(text)) {
    const line = parseLine(each);
    if (line?.kind === 'answer') addLine(table, line, parts);
    else if (line?.kind === 'label') labels.push(line);
    else if (line?.kind === 'gap') table.dropped += line.dropped;
    else if (line?.kind === 'version') {
      const identity = identityOf(line);
      parts.set(keyOf(identity), addPart(table, { identity, described: line }));
    }
  }
  return labels;
}

/** `undefined` for what is no line of ours: one that broke off. */
export function parseLine(text: string): PredictionLogLine | undefined {
  if (text === '') return undefined;
  try {
    const line = JSON.parse(text) as PredictionLogLine;
    return typeof line === 'object' && line !== null && line.v === 1 ? line : undefined;
  } catch {
    return undefined;
  }
}

/** Only lines that are whole. */
function* linesOf(text: string): Iterable<string> {
  for (let start = 0; ; ) {
    const end = text.indexOf('\n', start);
    if (end < 0) return;
    yield text.slice(start, end);
    start = end + 1;
  }
}

function addLine(table: AnswerTable, line: AnswerLine, parts: Map<string, AnswerPart>): void {
  const identity = identityOf(line);
  const key = keyOf(identity);
  const part = parts.get(key) ?? addPart(table, { identity });
  parts.set(key, part);
  const { request, time, role, variant, protocol, rows, latency, status, code, row } = line;
  const facts = {
    ...{ requestId: request, time: Date.parse(time), role, variant, protocol },
    ...{ rowCount: rows, latency, status, code },
  };
  if (row === undefined) {
    addFacts({ table, part }, facts, undefined);
    return;
  }
  const place = addAnswer({ table, part }, facts, row);
  putInput(place, line.input ?? {});
  putPrediction(place, line.prediction ?? {});
}

function identityOf({ model, version, digest, run, commit }: Identity): Identity {
  return {
    model,
    ...(version === undefined ? {} : { version }),
    ...(digest === undefined ? {} : { digest }),
    ...(run === undefined ? {} : { run }),
    ...(commit === undefined ? {} : { commit }),
  };
}

function keyOf(identity: Identity): string {
  return JSON.stringify(identity);
}

function putInput(place: Place, input: LoggedRow): void {
  const { inputs, described } = place.part;
  for (const [i, column] of inputs.entries()) {
    const { name, type } = described!.columns[i]!;
    const value = input[name] ?? undefined;
    if (column.kind === 'numbers') column.values[place.at] = numericValue(type, value);
    else if (column.kind === 'texts') putText(column, value === undefined ? undefined : String(value), place);
  }
}

function putPrediction({ part, at }: Place, { label, probabilities, value }: LoggedPrediction): void {
  const { labels, values } = part;
  if (values !== undefined) values.values[at] = value ?? Number.NaN;
  if (labels === undefined) return;
  putChoice(labels, label === undefined ? undefined : String(label), at);
  for (const [i, { values: column }] of part.probabilities.entries())
    column[at] = probabilities?.[labels.list[i]!] ?? Number.NaN;
}
