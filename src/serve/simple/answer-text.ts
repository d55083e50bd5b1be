import type { Prediction } from '../../onnx/index.ts';
import { labelValues } from '../../servable/index.ts';
import type { AnsweredRows } from '../answer-rows.ts';
import { answeringVersion } from '../answering-version.ts';
import type { ServedVersion } from '../fleet.ts';
import { versionHeaders } from '../http/version-headers.ts';

/** The parts of answers that are the same for every request that a version answers. */
interface Prepared {
  /** `{"model":"heart-disease","version":"v1.4.0",…,"request":"` */
  readonly head: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What comes before the probability of each class: `"0":`, `,"1":`. */
  readonly names: readonly string[];
  /** As JSON. */
  readonly labels: readonly string[];
}

const prepared = new WeakMap<ServedVersion, Prepared>();

function prepare(version: ServedVersion): Prepared {
  const before = prepared.get(version);
  if (before !== undefined) return before;
  const facts = answeringVersion(version);
  const { classes } = version.engine.servable.info;
  const made: Prepared = {
    head: `${JSON.stringify(facts).slice(0, -1)},"request":"`,
    headers: versionHeaders(facts),
    names: classes.map((name, i) => `${i === 0 ? '' : ','}${JSON.stringify(name)}:`),
    labels: labelValues(classes).map((label) => JSON.stringify(label)),
  };
  prepared.set(version, made);
  return made;
}

export function answerHeaders(version: ServedVersion): Readonly<Record<string, string>> {
  return prepare(version).headers;
}

/**
 * The body of an answer: the same as `JSON.stringify` of its value, put together from prepared parts. The request's id has
 * no character that JSON escapes.
 */
export function answerText(
  { version, prediction, firstRow }: AnsweredRows,
  requestId: string,
  /** Absent: one row that came alone. */
  rows?: number,
): string {
  const parts = prepare(version);
  if (rows === undefined)
    return `${parts.head}${requestId}","prediction":${rowText(parts, prediction, firstRow)}}`;
  let text = `${parts.head}${requestId}","predictions":[`;
  for (let row = 0; row < rows; row++) {
    if (row > 0) text += ',';
    text += rowText(parts, prediction, firstRow + row);
  }
  return `${text}]}`;
}

function rowText({ names, labels }: Prepared, prediction: Prediction, row: number): string {
  if (prediction.task === 'regression') return `{"value":${prediction.values[row]!}}`;
  const { probabilities } = prediction;
  const width = names.length;
  let text = `{"label":${labels[prediction.labels[row]!]!},"probabilities":{`;
  for (let c = 0; c < width; c++) text += names[c]! + probabilities[row * width + c]!;
  return `${text}}}`;
}
