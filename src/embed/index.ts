export type { EmbedFailure } from './failures.ts';
export type { WebExport, WebExportReport, WebFile } from './web/export-web.ts';
export { exportWeb, planWebExport } from './web/export-web.ts';
export { rowCheck } from './web/runtime/check-row.ts';
