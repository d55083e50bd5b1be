import type { Failure } from '../../base/index.ts';

export type ReceiveFailure = Failure<
  | 'commands-payload-key'
  | 'commands-payload-type'
  | 'commands-payload-large'
  | 'commands-payload-missing'
  | 'commands-receive-forbidden'
  | 'commands-receive-ambiguous'
  | 'commands-receive-address'
  | 'commands-receive-digest'
  | 'commands-receive-format'
  | 'commands-receive-elsewhere'
  | 'commands-data-unreadable'
  | 'commands-data-large'
>;

const form =
  'Send {"pipelines": ["a"], "data": {"dataset": "rows", "rows": [{...}]}}, or instead of `rows` an `address` and its `sha256`';

/** Texts of the sender are cut, and quoted as JSON has it. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
}

export function payloadKey(where: string, key: string, known: readonly string[]): ReceiveFailure {
  return {
    code: 'commands-payload-key',
    kind: 'input',
    message: `${where} has a member ${quoted(key)}, which means nothing there`,
    remedy: `It may have ${known.map((each) => `\`${each}\``).join(', ')}. ${form}`,
  };
}

export function payloadType(where: string, is: string, expected: string): ReceiveFailure {
  return {
    code: 'commands-payload-type',
    kind: 'input',
    message: `${where} is ${is}, not ${expected}`,
    remedy: form,
  };
}

export function payloadLarge(where: string, most: string): ReceiveFailure {
  return {
    code: 'commands-payload-large',
    kind: 'input',
    message: `${where} is more than ${most}`,
    remedy: 'Send fewer rows at a time, or put them at an address and send that',
  };
}

export function payloadMissing(where: string, what: string): ReceiveFailure {
  return {
    code: 'commands-payload-missing',
    kind: 'input',
    message: `${where} lacks ${what}`,
    remedy: form,
  };
}

export function receiveForbidden(
  dataset: string,
  what: string,
  pipelines: readonly string[],
): ReceiveFailure {
  const which = pipelines.length === 0 ? 'no pipeline' : pipelines.join(', ');
  return {
    code: 'commands-receive-forbidden',
    kind: 'input',
    message: `The dataset \`${dataset}\` of ${which} takes no ${what} from events`,
    remedy:
      'Whoever owns the pipeline allows it in its file: `on: { dispatch: { data: { <dataset>: { rows: true } } } }`, or `addresses:`',
  };
}

export function receiveAmbiguous(dataset: string, pipelines: readonly string[]): ReceiveFailure {
  return {
    code: 'commands-receive-ambiguous',
    kind: 'input',
    message: `The dataset \`${dataset}\` means other files in ${pipelines.join(' than in ')}`,
    remedy: 'Name the pipeline that is meant under `pipelines` of the payload',
  };
}

export function addressRefused(why: string): ReceiveFailure {
  return {
    code: 'commands-receive-address',
    kind: 'input',
    message: `The address under \`data\` is not opened: ${why}`,
    remedy: 'Send the address as it is, below one of the `addresses:` that the pipeline file allows',
  };
}

export function digestDiffers(shown: string, expected: string, found: string): ReceiveFailure {
  return {
    code: 'commands-receive-digest',
    kind: 'input',
    message: `${shown} has the SHA-256 ${found}, and the event says ${expected}`,
    remedy: 'Nothing was written. Send the digest of the bytes that are there, when they are finished',
  };
}

export function formatUnknown(shown: string): ReceiveFailure {
  return {
    code: 'commands-receive-format',
    kind: 'input',
    message: `Nothing tells the format of ${shown}`,
    remedy:
      'Let its name end with .csv, .ndjson or .parquet, or its server say text/csv, application/x-ndjson or application/vnd.apache.parquet',
  };
}

export function notOnBranch(why: string): ReceiveFailure {
  return {
    code: 'commands-receive-elsewhere',
    kind: 'input',
    message: `New rows cannot be written here: ${why}`,
    remedy:
      'Let a workflow of GitHub on `repository_dispatch` do it, in a clone; by hand, change the file and commit it',
  };
}

export function fileUnreadable(file: string, cause: unknown): ReceiveFailure {
  const isAbsent = (cause as { readonly code?: unknown } | null)?.code === 'ENOENT';
  return {
    code: 'commands-data-unreadable',
    kind: 'input',
    message: isAbsent
      ? `There is no file ${file}`
      : `${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
    remedy: isAbsent
      ? 'Name the file with the new rows by its path from the folder that you are in, or from that of `-C`'
      : 'Name a file that you may read, with the rows that are to be added',
    cause,
  };
}

export function dataLarge(file: string, bytes: number, most: number): ReceiveFailure {
  const megabytes = (count: number): string => `${Math.ceil(count / 2 ** 20)} MiB`;
  return {
    code: 'commands-data-large',
    kind: 'input',
    message: `${file} is ${megabytes(bytes)} large, and at most ${megabytes(most)} are added at once`,
    remedy:
      'Add it in parts; or put the whole file where the path of the dataset finds it (a glob), and look with `trainyard validate`',
  };
}
