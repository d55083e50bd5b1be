import { digestOfBytes } from '../../base/index.ts';
import type { RunIndex } from '../../runs/index.ts';
import type { RunsManifest, ShardPlace } from '../format/index.ts';
import { isInterval, isShown, summaries } from './column-summary.ts';
import { shardOf } from './shard.ts';

export interface Table {
  readonly manifest: RunsManifest;
  /** Text by path. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Shards are counted from the oldest run, so that a new one changes none but the newest: rows fill small shards, and as
 * many small ones as make a large one are put together.
 */
const smallRows = 256;
const largeRows = 2048;

/** The table of these rows of the index, which ascend. */
export function tableOf(index: RunIndex, rows: readonly number[]): Table {
  const files = new Map<string, string>();
  const live = rows.filter((row) => !index.isArchived(row));
  const archived = rows.filter((row) => index.isArchived(row));
  const shards = shardsOf(index, live, files);
  const manifest: RunsManifest = {
    version: 1,
    runs: live.length,
    shards,
    archived: shardsOf(index, archived, files),
    columns: summaries(index, live),
  };
  return { manifest, files };
}

/** The newest first. */
function shardsOf(
  index: RunIndex,
  rows: readonly number[],
  files: Map<string, string>,
): readonly ShardPlace[] {
  const names = [...index.fields.keys()].filter(isShown).sort();
  const main = names.filter((name) => !isInterval(name));
  const intervals = names.filter(isInterval);
  const file = (part: readonly number[], names: readonly string[], isMain: boolean): string | undefined => {
    const shard = shardOf(index, part, { names, isMain });
    if (!isMain && Object.keys(shard.columns).length === 0) return undefined;
    const text = JSON.stringify(shard);
    const path = `runs/shard-${digestOfBytes(text).slice(7, 23)}.json`;
    files.set(path, text);
    return path;
  };
  const shards = parts(rows.length).map(([from, to]): ShardPlace => {
    const part = rows.slice(from, to).reverse();
    const ends = file(part, intervals, false);
    return {
      file: file(part, main, true)!,
      ...(ends === undefined ? {} : { intervals: ends }),
      rows: part.length,
      newest: index.id(part[0]!),
      oldest: index.id(part[part.length - 1]!),
    };
  });
  return shards.reverse();
}

/** Where the shards of so many rows begin and end, the oldest first. */
function parts(count: number): readonly (readonly [from: number, to: number])[] {
  const cuts: number[] = [];
  let at = 0;
  for (; at + largeRows <= count; at += largeRows) cuts.push(at);
  for (; at < count; at += smallRows) cuts.push(at);
  return cuts.map((from, i) => [from, cuts[i + 1] ?? count]);
}
