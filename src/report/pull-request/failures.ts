import type { Failure } from '../../base/index.ts';

export type PullReportFailure = Failure<
  | 'report-pull-too-large'
  | 'report-pull-too-deep'
  | 'report-pull-not-json'
  | 'report-pull-version-unsupported'
  | 'report-pull-invalid'
>;

const remedy =
  'Make the report anew with "trainyard report <pipeline> --json", by the same version of Trainyard.';

export function reportTooLarge(bytes: number, most: number): PullReportFailure {
  return {
    code: 'report-pull-too-large',
    kind: 'input',
    message: `The report of the pull request has ${bytes} bytes, and at most ${most} are read`,
    remedy,
  };
}

export function reportTooDeep(most: number): PullReportFailure {
  return {
    code: 'report-pull-too-deep',
    kind: 'input',
    message: `The report of the pull request is nested deeper than ${most} levels`,
    remedy,
  };
}

export function reportNotJson(problem: string): PullReportFailure {
  return {
    code: 'report-pull-not-json',
    kind: 'input',
    message: `The report of the pull request cannot be read: ${problem}`,
    remedy,
  };
}

export function reportVersionUnsupported(version: string): PullReportFailure {
  return {
    code: 'report-pull-version-unsupported',
    kind: 'input',
    message: `The report of the pull request is written in version ${version} of its format; this program reads version 1`,
    remedy: 'Use the same version of Trainyard in both workflows.',
  };
}

export function reportInvalid(problem: string): PullReportFailure {
  return {
    code: 'report-pull-invalid',
    kind: 'input',
    message: `The report of the pull request does not have the form of one: ${problem}`,
    remedy,
  };
}
