import { rm } from 'node:fs/promises';
import { success } from '../../../base/index.ts';
import type { TellTrouble } from '../counters.ts';
import type { Converter } from '../parquet/converter.ts';
import { sealedEnding } from '../segment-name.ts';
import type { Sink } from '../sink.ts';

/** Segments stay where they are, as Parquet; as lines when that fails, which says the same. */
export function fileSink(model: string, converter: Converter, trouble: TellTrouble): Sink {
  return {
    deliver: async ({ path, relative, table }) => {
      const because = await converter.convert(path, table);
      if (because === undefined) await rm(path + sealedEnding, { force: true });
      else
        trouble({ model, code: 'not-converted', message: `${relative} stays a file of lines: ${because}` });
      return success({ rejected: 0 });
    },
  };
}
