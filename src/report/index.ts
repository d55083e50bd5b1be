export type { DiagnosticsOptions, Paint } from './diagnostics.ts';
export { renderDiagnostic, renderDiagnostics } from './diagnostics.ts';
