export type { PullReportFailure } from './failures.ts';
export type { BaseFacts, PullFacts } from './make/facts.ts';
export { makePullReport } from './make/make-pull-report.ts';
export type { PullReport, ReportedProblem } from './pull-report.ts';
export { mostReportBytes } from './read/most-report-bytes.ts';
export { readPullReport } from './read/read-pull-report.ts';
export { reportMarker } from './render/marker.ts';
export type { PullReportMarkdownOptions } from './render/pull-report-markdown.ts';
export { pullReportMarkdown } from './render/pull-report-markdown.ts';
