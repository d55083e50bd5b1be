export type { Canvas, CanvasStyle } from './canvas.ts';
export { plainCanvas } from './canvas.ts';
export { archiveText } from './decision-archive.ts';
export type { DecisionOutcome, ShownDecision } from './decision-report.ts';
export { decisionMarkdown, decisionText } from './decision-report.ts';
export type { DiagnosticsOptions, Paint } from './diagnostics.ts';
export { renderDiagnostic, renderDiagnostics } from './diagnostics.ts';
export { diffReportMarkdown, diffReportText } from './diff-report.ts';
export type { ReportFailure } from './failures.ts';
export { markdownCode, markdownText } from './markdown-text.ts';
export { modelCard } from './model-card.ts';
export type { ModelCardFacts } from './model-card-facts.ts';
export { cardLimits } from './model-card-limits.ts';
export { openSlices } from './model-card-measured.ts';
export type { OwnerNotes } from './model-card-notes.ts';
export { readOwnerNotes } from './model-card-notes.ts';
export type { HistoryToShow } from './model-history.ts';
export { modelHistoryMarkdown, modelHistoryText } from './model-history.ts';
export type { ListedModels } from './model-list.ts';
export { modelListMarkdown, modelListText } from './model-list.ts';
export { modelText, modelVersionText } from './model-show.ts';
export { bytes, count, counted, percent, seconds, shownEstimate } from './numbers.ts';
export type { PromotionNews } from './promotion-comment.ts';
export { newsOfPromotion, newsOfRollback, promotionComment } from './promotion-comment.ts';
export { isGranted, promotionMarkdown, promotionText, shownRollback } from './promotion-report.ts';
export type {
  BaseFacts,
  PullFacts,
  PullReport,
  PullReportFailure,
  PullReportMarkdownOptions,
  ReportedProblem,
} from './pull-request/index.ts';
export {
  contractLine,
  makePullReport,
  mostReportBytes,
  promotionMarker,
  pullReportMarkdown,
  readPullReport,
  reportMarker,
} from './pull-request/index.ts';
export { releaseNotes } from './release-notes.ts';
export type { MarkdownOptions } from './render-markdown.ts';
export { reproductionMarkdown, reproductionText } from './reproduction-report.ts';
export { runListText } from './run-list.ts';
export { runNotesText } from './run-notes.ts';
export { runReportMarkdown, runReportText } from './run-report.ts';
export { runTableMarkdown, runTableText } from './run-table.ts';
export { verificationMarkdown, verificationText } from './verification.ts';
export { visible, widthOf } from './visible-text.ts';
