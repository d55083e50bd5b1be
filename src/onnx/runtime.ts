/**
 * ONNX Runtime, loaded when first needed. Its builds for Linux and macOS report models, errors and timings to their maker,
 * and keep an identifier in the user's cache, unless this variable is set before the library starts
 * (microsoft/onnxruntime pull request 27379). What runs here is nobody else's business.
 */
export async function loadRuntime(): Promise<typeof import('onnxruntime-node')> {
  process.env['ORT_DISABLE_TELEMETRY'] = '1';
  return await import('onnxruntime-node');
}
