import { createHash } from 'node:crypto';
import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { BranchWriter, CommitNote, Grown, NewFile, ObjectId, Patience } from '../git/index.ts';
import { pauseBefore } from '../git/index.ts';
import type { BranchCalls, Written } from './branch-calls.ts';
import type { GithubFailure } from './failures.ts';
import { overtaken, pathExists } from './failures.ts';

const filesAtOnce = 100;
const bytesAtOnce = 8 * 1024 * 1024;

/**
 * Adds files to a branch through GitHub's API: a quarter of the calls of its REST way, no clone, and signed by GitHub.
 * Each try looks first what is there, so that an answer that got lost is no commit made twice.
 */
export function githubBranchWriter(calls: BranchCalls, branch: string, patience: Patience): BranchWriter {
  return {
    place: calls.place,
    append: async (files, note) => {
      let grown: Grown = { commit: undefined, added: 0 };
      for (const batch of batches(files)) {
        const done = await appendBatch({ calls, branch, patience, files: batch, note });
        if (!done.ok) return done;
        grown = { commit: done.value.commit, added: grown.added + done.value.added };
      }
      return success(grown);
    },
  };
}

interface Batch {
  readonly calls: BranchCalls;
  readonly branch: string;
  readonly patience: Patience;
  readonly files: readonly NewFile[];
  readonly note: CommitNote;
}

async function appendBatch(batch: Batch): Promise<Result<Grown, GithubFailure>> {
  const { calls, branch, patience, files, note } = batch;
  let last: Written = { kind: 'lost' };
  /** Files of an unclear try that are found there afterwards were added by it. */
  let sent = 0;
  for (let attempt = 0; attempt < patience.tries; attempt++) {
    if (attempt > 0) await patience.sleep(pauseBefore(attempt - 1, patience));
    const head = await calls.head();
    if (!head.ok) return head;
    const missing = await filesThatAreNotThere(calls, branch, head.value, files);
    if (!missing.ok) return missing;
    if (missing.value.length === 0) {
      return success({ commit: head.value, added: last.kind === 'unclear' ? sent : 0 });
    }
    const written =
      head.value === undefined
        ? await calls.start(missing.value, note.message)
        : await calls.commit(head.value, missing.value, note.message);
    if (!written.ok) return written;
    last = written.value;
    sent = missing.value.length;
    if (last.kind === 'done') return success({ commit: last.commit, added: sent });
  }
  return failed(last.kind === 'unclear' ? last.failure : overtaken(calls.place, patience.tries));
}

async function filesThatAreNotThere(
  calls: BranchCalls,
  branch: string,
  head: ObjectId | undefined,
  files: readonly NewFile[],
): Promise<Result<readonly NewFile[], GithubFailure>> {
  if (head === undefined) return success(files);
  const there = await calls.blobs(
    head,
    files.map(({ path }) => path),
  );
  if (!there.ok) return there;
  const other = files.filter(({ path, bytes }) => {
    const blob = there.value.get(path);
    return blob !== undefined && blob !== blobId(bytes);
  });
  if (other.length > 0)
    return failed(
      pathExists(
        branch,
        other.map(({ path }) => path),
      ),
    );
  return success(files.filter(({ path }) => !there.value.has(path)));
}

/** Git's own name for the bytes of a file. */
function blobId(bytes: Uint8Array): ObjectId {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

function batches(files: readonly NewFile[]): readonly (readonly NewFile[])[] {
  const all: NewFile[][] = [];
  let bytes = 0;
  for (const file of files) {
    const last = all.at(-1);
    if (last === undefined || last.length >= filesAtOnce || bytes + file.bytes.length > bytesAtOnce) {
      all.push([file]);
      bytes = file.bytes.length;
    } else {
      last.push(file);
      bytes += file.bytes.length;
    }
  }
  return all;
}
