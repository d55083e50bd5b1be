import type { InferenceSession } from 'onnxruntime-node';
import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { OnnxFailure } from './failures.ts';
import { modelInvalid } from './failures.ts';
import { loadRuntime } from './runtime.ts';

/** Opens model bytes in ONNX Runtime, on the CPU. */
export async function createSession(
  bytes: Uint8Array,
  threads: number,
): Promise<Result<InferenceSession, OnnxFailure>> {
  const { InferenceSession } = loadRuntime();
  try {
    const session = await InferenceSession.create(bytes, {
      executionProviders: ['cpu'],
      executionMode: 'sequential',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      // Problems come back as failures; nothing is written to the terminal.
      logSeverityLevel: 4,
    });
    return success(session);
  } catch (error) {
    return failed(modelInvalid(messageOf(error), error));
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
