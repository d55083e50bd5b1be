import type { Curves, EvaluationFile } from '../../evaluate/index.ts';
import type { CurvesFile } from '../format/index.ts';

/** The curves of `evaluation.json`; `undefined` when it is none, as a command may have an output of that name. */
export function curvesFile(bytes: Uint8Array): CurvesFile | undefined {
  const file = jsonOf(bytes) as EvaluationFile | undefined;
  if (file?.version !== 1 || !Array.isArray(file.candidates)) return undefined;
  const candidates = (file.candidates as EvaluationFile['candidates']).map(
    ({ step, digest, evaluation }) => ({
      step: String(step),
      digest,
      curves: numbersOnly(evaluation?.curves ?? {}),
    }),
  );
  return { version: 1, dataset: String(file.dataset), rows: Number(file.rows), candidates };
}

/** Points whose members are numbers, and thresholds that are none: what a chart can draw. */
function numbersOnly({ roc, precisionRecall, calibration }: Curves): Curves {
  const good = <Point extends object>(points: readonly Point[] | undefined): readonly Point[] | undefined =>
    Array.isArray(points)
      ? (points as readonly Point[]).filter((point) =>
          Object.entries(point).every(
            ([name, value]) => Number.isFinite(value) || (name === 'threshold' && value === null),
          ),
        )
      : undefined;
  const [first, second, third] = [good(roc), good(precisionRecall), good(calibration)];
  return {
    ...(first === undefined ? {} : { roc: first }),
    ...(second === undefined ? {} : { precisionRecall: second }),
    ...(third === undefined ? {} : { calibration: third }),
  };
}

/** `undefined` for what is no JSON. */
export function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) ?? undefined;
  } catch {
    return undefined;
  }
}
