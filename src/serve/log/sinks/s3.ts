import { rm } from 'node:fs/promises';
import { failed, success } from '../../../base/index.ts';
import type { Objects } from '../../../store/index.ts';
import type { TellTrouble } from '../counters.ts';
import type { Converter } from '../parquet/converter.ts';
import { parquetEnding, sealedEnding } from '../segment-name.ts';
import type { Sink } from '../sink.ts';

/** Segments go into a bucket as Parquet, under the names that they have here, and are then removed here. */
export function s3Sink(model: string, objects: Objects, converter: Converter, trouble: TellTrouble): Sink {
  return {
    deliver: async ({ path, relative, table }) => {
      const because = await converter.convert(path, table);
      if (because !== undefined)
        trouble({
          model,
          code: 'not-converted',
          message: `${relative} goes up as a file of lines: ${because}`,
        });
      const ending = because === undefined ? parquetEnding : sealedEnding;
      const put = await objects.putFile(relative + ending, path + ending);
      if (!put.ok) return failed(put.failure);
      // The lines last: as long as they are here, the segment waits, and going up twice changes nothing.
      await rm(path + parquetEnding, { force: true });
      await rm(path + sealedEnding, { force: true });
      return success({ rejected: 0 });
    },
  };
}
