import type { MessagePort } from 'node:worker_threads';
import type { Failure, Result } from '../../base/index.ts';
import type { Prediction } from '../../onnx/index.ts';
import type { RowBlock, Servable } from '../../servable/index.ts';
import { openServable } from '../../servable/index.ts';
import type { FromThread, ThreadModel, ToThread } from './thread-messages.ts';

/** The life of a thread that answers chunks of large blocks: it opens the models that it is asked for, once each. */
export function runThread(port: MessagePort): void {
  const models = new Map<number, Promise<Result<Servable, Failure>>>();
  const tell = (message: FromThread, transfer: readonly ArrayBuffer[] = []): void =>
    port.postMessage(message, transfer);

  const open = (model: ThreadModel): Promise<Result<Servable, Failure>> => {
    const opened = models.get(model.key) ?? openServable(model.folder);
    models.set(model.key, opened);
    return opened;
  };

  const infer = async (message: Extract<ToThread, { kind: 'infer' }>): Promise<void> => {
    const { job, model, rows, cells } = message;
    const opened = await open(model);
    if (!opened.ok) return tell({ kind: 'unopened', job, message: opened.failure.message });
    if (opened.value.manifest.digest !== model.digest)
      return tell({ kind: 'unopened', job, message: 'the folder holds another model' });
    try {
      const prediction = await opened.value.predict([{ rows, cells: cells as RowBlock['cells'] }]);
      if (prediction.ok)
        tell({ kind: 'answered', job, prediction: prediction.value }, buffersOf(prediction.value));
      else tell({ kind: 'failed', job, message: prediction.failure.message });
    } catch (error) {
      tell({ kind: 'failed', job, message: error instanceof Error ? error.message : String(error) });
    }
  };

  const close = async (key: number): Promise<void> => {
    const opened = await models.get(key);
    models.delete(key);
    if (opened?.ok) await opened.value[Symbol.asyncDispose]();
  };

  port.on('message', (message: ToThread) => {
    if (message.kind === 'infer') void infer(message);
    else void close(message.key);
  });
}

function buffersOf(prediction: Prediction): readonly ArrayBuffer[] {
  return prediction.task === 'regression'
    ? [prediction.values.buffer as ArrayBuffer]
    : [prediction.probabilities.buffer as ArrayBuffer, prediction.labels.buffer as ArrayBuffer];
}
