import type { MessagePort } from 'node:worker_threads';
import { convertSegment } from './convert-segment.ts';
import type { ConvertAnswer, ConvertRequest } from './converter.ts';

/** The life of a thread that turns segments into Parquet: one path in, one outcome out. */
export function runLogThread(port: MessagePort): void {
  const answer = (message: ConvertAnswer): void => port.postMessage(message);
  port.on('message', ({ path, table }: ConvertRequest) => {
    convertSegment(path, table).then(
      () => answer({ path }),
      (error: unknown) => answer({ path, because: error instanceof Error ? error.message : String(error) }),
    );
  });
}
