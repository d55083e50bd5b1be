import type { RunId } from './record.ts';

/** A new id, for a run that starts at `time`. `randomBytes` gives bytes that nobody can guess. */
export function newRunId(time: Date, randomBytes: (count: number) => Uint8Array): RunId {
  const [day, clock] = time.toISOString().split('T') as [string, string];
  const milliseconds = time.getUTCMilliseconds().toString(16).padStart(3, '0');
  const random = Buffer.from(randomBytes(3)).toString('hex').slice(0, 5);
  return `${day.replaceAll('-', '')}-${clock.slice(0, 8).replaceAll(':', '')}-${milliseconds}${random}`;
}

export function isRunId(text: string): text is RunId {
  return /^\d{8}-\d{6}-[0-9a-f]{8}$/.test(text);
}

/** Where the record of a run stands: a folder a day, so that no folder grows without end. */
export function recordPath(pipeline: string, id: RunId): string {
  return `${runsFolder(pipeline)}/${id.slice(0, 4)}/${id.slice(4, 6)}/${id.slice(6, 8)}/${id}.json`;
}

/** Where it stands once it is archived. */
export function archivePath(pipeline: string, id: RunId): string {
  return `archive/${recordPath(pipeline, id)}`;
}

/** The folder of a pipeline's records, or of all. */
export function runsFolder(pipeline?: string): string {
  return pipeline === undefined ? 'runs' : `runs/${pipeline}`;
}

/** Which run a path is of; `undefined` for a file that is no record. */
export function runOfPath(path: string): { readonly pipeline: string; readonly id: RunId } | undefined {
  const parts = /^runs\/([^/]+)\/(\d{4})\/(\d{2})\/(\d{2})\/((\d{8})-\d{6}-[0-9a-f]{8})\.json$/.exec(path);
  if (parts === null || parts[6] !== `${parts[2]}${parts[3]}${parts[4]}`) return undefined;
  return { pipeline: parts[1]!, id: parts[5]! };
}
