import type { Failure } from '../base/index.ts';
import type { GitFailure } from '../git/index.ts';
import type { RunId } from './record.ts';

export type RunsFailure =
  | Failure<
      | 'runs-none'
      | 'runs-unknown'
      | 'runs-ambiguous'
      | 'runs-record-invalid'
      | 'runs-record-damaged'
      | 'runs-version-unsupported'
      | 'runs-io-failed'
      | 'runs-note-invalid'
      | 'runs-tag-absent'
      | 'runs-question-wrong'
      | 'runs-metric-unclear'
    >
  | GitFailure;

export function noRuns(pipeline: string | undefined): RunsFailure {
  return {
    code: 'runs-none',
    kind: 'input',
    message: pipeline === undefined ? 'No run is recorded yet' : `No run of ${pipeline} is recorded yet`,
    remedy: `Start one: "trainyard run ${pipeline ?? '<pipeline>'}". In a fresh clone, bring the records of others: "trainyard runs pull".`,
  };
}

export function unknownRun(reference: string, nearest: RunId | undefined): RunsFailure {
  return {
    code: 'runs-unknown',
    kind: 'input',
    message: `No run is recorded as "${reference}"`,
    remedy:
      nearest === undefined
        ? 'See the recorded runs with "trainyard runs list"; "latest" and "latest~1" name the newest ones.'
        : `Did you mean "${nearest}"? See them all with "trainyard runs list".`,
  };
}

export function ambiguousRun(reference: string, ids: readonly RunId[]): RunsFailure {
  const shown = ids.slice(0, 3).join(', ');
  return {
    code: 'runs-ambiguous',
    kind: 'input',
    message: `"${reference}" begins the ids of ${ids.length} runs: ${shown}${ids.length > 3 ? ', …' : ''}`,
    remedy: 'Give more digits of the id.',
  };
}

export function recordInvalid(problem: string): RunsFailure {
  return {
    code: 'runs-record-invalid',
    kind: 'world',
    message: `The record of this run does not have the form of a run record, so it was not written: ${problem}`,
    remedy: 'This is a mistake of Trainyard: report it with the message.',
  };
}

export function recordDamaged(path: string, problem: string): RunsFailure {
  return {
    code: 'runs-record-damaged',
    kind: 'world',
    message: `${path} is no record of a run: ${problem}`,
    remedy: 'It is left out. Restore the file from the history of the branch, or remove it.',
  };
}

export function versionUnsupported(path: string, version: unknown): RunsFailure {
  return {
    code: 'runs-version-unsupported',
    kind: 'input',
    message: `${path} is written in version ${JSON.stringify(version) ?? 'none'} of the record format; this program reads version 1`,
    remedy: 'Update Trainyard: "npm install trainyard@latest".',
  };
}

export function runsIoFailed(doing: string, cause: unknown): RunsFailure {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return {
    code: 'runs-io-failed',
    kind: 'world',
    message: `Could not ${doing}: ${reason}`,
    remedy: 'Free space or mend the permissions of the folder, then run again.',
    cause,
  };
}

export function noteInvalid(message: string, remedy: string): RunsFailure {
  return { code: 'runs-note-invalid', kind: 'input', message, remedy };
}

export function tagAbsent(run: RunId, tag: string, tags: readonly string[]): RunsFailure {
  return {
    code: 'runs-tag-absent',
    kind: 'input',
    message: `Run ${run} has no tag "${tag}"`,
    remedy: tags.length === 0 ? 'It has no tag at all.' : `Its tags are: ${tags.join(', ')}.`,
  };
}

/** A mistake in the text of a question; `at` counts characters from 0. */
export function questionWrong(mistake: {
  readonly option: string;
  readonly text: string;
  readonly at: number;
  readonly length?: number;
  readonly message: string;
  readonly remedy: string;
}): RunsFailure {
  const { option, text, at } = mistake;
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return {
    code: 'runs-question-wrong',
    kind: 'input',
    message: `${mistake.message}, at character ${at + 1} of ${option}: ${shown}`,
    remedy: mistake.remedy,
  };
}

export function metricUnclear(message: string, remedy: string): RunsFailure {
  return { code: 'runs-metric-unclear', kind: 'input', message, remedy };
}
