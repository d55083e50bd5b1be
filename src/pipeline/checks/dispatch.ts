import path from 'node:path';
import { newFileOf } from '../../data/index.ts';
import type { FileFailure } from '../file-failures.ts';
import { mistake } from '../file-failures.ts';
import { isGlob } from '../plan/glob.ts';
import { mostReceivedBytes, prefixProblem, receivedBytes } from '../received-data.ts';
import { shown } from '../shape-words.ts';
import type { Check, Checking, DatasetDraft, ReceivedDraft } from './checking.ts';
import { declares, member, members, textsAt, unknownDataset } from './checking.ts';

/** Datasets that take rows of events: what they take, and whether it can be judged and written. */
export const checkDispatch: Check = (checking) =>
  members(checking.draft.on?.dispatch?.data).flatMap(([name, received]) => {
    const at = ['on', 'dispatch', 'data', name];
    if (!declares(checking, 'data', name)) {
      const place = checking.places.keyPlace(at);
      return [{ ...unknownDataset(checking, { value: name, path: at }), place }];
    }
    const dataset = member(checking.draft.data, name);
    return [
      ...taken(checking, name, received),
      ...addresses(checking, name, received),
      ...(dataset === undefined ? [] : judged(checking, name, dataset)),
    ];
  });

function taken({ places }: Checking, name: string, received: ReceivedDraft): readonly FileFailure[] {
  const at = ['on', 'dispatch', 'data', name];
  const failures: FileFailure[] = [];
  if (received.rows !== true && !Object.hasOwn(received, 'addresses')) {
    const remedy = 'write `rows: true`, or `addresses:` with where rows may come from';
    failures.push(
      mistake('pipeline-dispatch-data', `${shown(name)} takes nothing`, places.keyPlace(at), remedy),
    );
  }
  const size = received['max-size'];
  if (size !== undefined && receivedBytes(size) > mostReceivedBytes) {
    failures.push(
      mistake(
        'pipeline-dispatch-data',
        `${shown(size)} is more than a commit of an event can hold`,
        places.place([...at, 'max-size']),
        'write at most `25 MiB`, and send larger data as files of a pull request',
      ),
    );
  }
  return failures;
}

function addresses({ places }: Checking, name: string, received: ReceivedDraft): readonly FileFailure[] {
  return textsAt(received.addresses, ['on', 'dispatch', 'data', name, 'addresses']).flatMap(
    ({ value, path: at }) => {
      const problem = prefixProblem(value);
      if (problem === undefined) return [];
      const message = `${shown(value)} cannot be the beginning of addresses: ${problem}`;
      const remedy = 'write server and folder with a slash at the end: `https://data.example.org/exports/`';
      return [mistake('pipeline-dispatch-address', message, places.place(at), remedy)];
    },
  );
}

/** Rows of strangers need a contract to be judged by, a key to be known again by, and a file to stand in. */
function judged(
  { places, contracts }: Checking,
  name: string,
  dataset: DatasetDraft,
): readonly FileFailure[] {
  const place = places.keyPlace(['on', 'dispatch', 'data', name]);
  const failure = (why: string, remedy: string): FileFailure =>
    mistake('pipeline-dispatch-data', `${shown(name)} cannot take rows of events: ${why}`, place, remedy);
  if (!Object.hasOwn(dataset, 'contract')) {
    return [failure('it has no contract to judge them by', 'name its contract below `data:`')];
  }
  const contract = contracts.get(name);
  if (!Object.hasOwn(dataset, 'key') && contract?.columns.some((one) => one.primaryKey) === false) {
    const remedy =
      'add `key` with the columns that identify a row for ever, or a primary key to the contract';
    return [failure('it has no key by which a row is known again', remedy)];
  }
  const file = dataset.path;
  if (file === undefined) return [];
  if (dataset.format === 'parquet' || (dataset.format === undefined && /\.(parquet|pq)$/i.test(file))) {
    return [failure('they are written as CSV', 'let its path name CSV files')];
  }
  const inside = path.posix.normalize(file);
  if (inside.startsWith('..') || path.isAbsolute(inside)) {
    return [failure('its files are outside of the repository', 'let its path name files below the root')];
  }
  if (isGlob(file) && newFileOf(inside, 'received-0') === undefined) {
    const why = `the glob ${shown(file)} does not say where a new file would stand`;
    return [failure(why, 'let only its last part have wildcards, one of them a star: `data/*.csv`')];
  }
  return [];
}
