import { createRequire } from 'node:module';

type Runtime = typeof import('onnxruntime-node');

/**
 * ONNX Runtime, loaded when first needed, and as the CommonJS that it is: `import()` would read its files once more, for
 * the names that they export. Its builds for Linux and macOS report models, errors and timings to their maker, and keep
 * an identifier in the user's cache, unless this variable is set before the library starts (microsoft/onnxruntime pull
 * request 27379). What runs here is nobody else's business.
 */
export function loadRuntime(): Runtime {
  process.env['ORT_DISABLE_TELEMETRY'] = '1';
  return createRequire(import.meta.url)('onnxruntime-node') as Runtime;
}
