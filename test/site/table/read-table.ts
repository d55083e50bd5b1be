import { checkManifest, checkShard } from '../../../site/runs/check-files.ts';
import { RunsTable } from '../../../site/runs/runs-table.ts';
import type { SyntheticTable } from './synthetic.ts';

/** The table as a page has it when everything has been read, through JSON as on the way. */
export function readTable({ manifest, files }: SyntheticTable): RunsTable {
  const table = new RunsTable(checkManifest(JSON.parse(JSON.stringify(manifest))));
  table.manifest.shards.forEach(({ file, intervals, rows }, place) => {
    for (const path of [file, ...(intervals === undefined ? [] : [intervals])]) {
      table.add(place, checkShard(JSON.parse(files.get(path)!), path, rows));
    }
    table.show(place);
  });
  return table;
}
