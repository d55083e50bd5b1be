import { createHash } from 'node:crypto';
import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { Incoming } from '../../data/index.ts';
import { download } from '../../store/index.ts';
import type { Effects } from '../effects.ts';
import { digestDiffers, formatUnknown } from './failures.ts';
import type { SentData } from './payload.ts';
import type { Receiver } from './receiver.ts';

/** What was sent, brought here: rows as they are, or the bytes of an address within its bounds. */
export async function bring(
  { from }: SentData,
  { mostBytes, mayOpen }: Pick<Receiver, 'mostBytes' | 'mayOpen'>,
  { env, signal }: Pick<Effects, 'env' | 'signal'>,
): Promise<Result<Incoming, Failure>> {
  if (from.kind === 'rows') return success({ kind: 'objects', shown: 'the event', rows: from.rows });
  const { address, sha256 } = from;
  const got = await download({ url: address, mostBytes, timeLimitMs: 120_000, mayOpen, env, signal });
  if (!got.ok) return got;
  const { bytes, type } = got.value;
  const shown = shownAddress(address);
  const found = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== undefined && found !== sha256) return failed(digestDiffers(shown, sha256, found));
  return incomingFile({ name: new URL(address).pathname, type, shown, bytes });
}

export interface NamedBytes {
  /** Of the file, whose ending may say the format. */
  readonly name: string;
  /** As a server says it; empty when nobody does. */
  readonly type: string;
  readonly shown: string;
  readonly bytes: Uint8Array;
}

export function incomingFile({ name, type, shown, bytes }: NamedBytes): Result<Incoming, Failure> {
  const kind = formatOf(name, type);
  return kind === undefined ? failed(formatUnknown(shown)) : success({ kind, shown, bytes });
}

/** What stands behind the question mark may let its holder in. */
export function shownAddress(address: string): string {
  const { origin, pathname } = new URL(address);
  return `${origin}${pathname}`.slice(0, 200);
}

const endings: Readonly<Record<string, 'csv' | 'ndjson' | 'parquet'>> = {
  ...{
    csv: 'csv',
    tsv: 'csv',
    txt: 'csv',
    ndjson: 'ndjson',
    jsonl: 'ndjson',
    parquet: 'parquet',
    pq: 'parquet',
  },
};

const types: Readonly<Record<string, 'csv' | 'ndjson' | 'parquet'>> = {
  'text/csv': 'csv',
  'text/tab-separated-values': 'csv',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
  'application/vnd.apache.parquet': 'parquet',
};

/** The name decides, as it does for files; servers often say nothing of use. */
function formatOf(name: string, type: string): 'csv' | 'ndjson' | 'parquet' | undefined {
  const ending = /\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  if (Object.hasOwn(endings, ending)) return endings[ending];
  return Object.hasOwn(types, type) ? types[type] : undefined;
}
