import type { Failure } from '../base/index.ts';

export type ReportFailure = Failure<'report-notes-invalid'>;

export function notesInvalid(file: string, problem: string): ReportFailure {
  return {
    code: 'report-notes-invalid',
    kind: 'input',
    message: `${file} cannot be put into a model card: ${problem}`,
    remedy: 'See docs/model-card.md for what may stand in it.',
    place: { file },
  };
}
