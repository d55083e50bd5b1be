import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { Addition, Incoming } from '../../data/index.ts';
import { addRows } from '../../data/index.ts';
import type { Repository } from '../../git/index.ts';
import { openRepository } from '../../git/index.ts';
import type { BranchEdit } from '../../github/index.ts';
import { editGithubBranch } from '../../github/index.ts';
import { checkOut, projectPath } from '../../runs/index.ts';
import type { Effects } from '../effects.ts';
import { openProject } from '../open-project.ts';
import { patienceOf } from '../push-runs.ts';
import { bring, shownAddress } from './bring.ts';
import { notOnBranch } from './failures.ts';
import type { DispatchPayload, SentData } from './payload.ts';
import { readPayload } from './payload.ts';
import type { Receiver } from './receiver.ts';
import { findReceiver } from './receiver.ts';

export interface ReceiveOptions {
  /** `client_payload` of the event, as it came. */
  readonly payload: unknown;
  /** For the message of the commit: `trainyard`. */
  readonly event: string;
}

/** What became of rows that an event brought. */
export interface Received {
  readonly dataset: string;
  /** That take them. */
  readonly pipelines: readonly string[];
  readonly taken: number;
  readonly skipped: number;
  readonly total: number;
  /** A commit of the branch that holds them all. */
  readonly commit: string;
  readonly branch: string;
  /** File that was written, from the root of the repository; absent when every row was there. */
  readonly path?: string;
  /** Where they came from: absent when they stood in the event. */
  readonly address?: string;
}

type World = Pick<Effects, 'cwd' | 'env' | 'machine' | 'randomBytes' | 'signal'>;

/** Tries to be the next on the branch: each judges everything anew. */
const tries = 20;

/**
 * Takes rows that an event brings into a dataset of the branch that the workflow runs on: judged against what stands at
 * its head, written as one commit through GitHub's API, and made anew when somebody else was faster. The work tree plays
 * no part. `undefined` when the event brings none.
 */
export async function receive(
  { payload, event }: ReceiveOptions,
  effects: World,
): Promise<Result<Received | undefined, readonly Failure[]>> {
  const read = readPayload(payload);
  if (!read.ok) return failed([read.failure]);
  const { pipelines, data } = read.value;
  if (data === undefined) return success(undefined);
  const branch = /^refs\/heads\/(.+)$/.exec(effects.env['GITHUB_REF'] ?? '')?.[1];
  if (branch === undefined) return failed([notOnBranch('the workflow does not run on a branch')]);
  const opened = await openProject(effects);
  if (!opened.ok) return opened;
  const { root } = opened.value;
  // With the token of this call: what was written since the clone was made is fetched.
  const cloned = await openRepository(root, { environment: effects.env });
  if (!cloned.ok) return failed([cloned.failure]);
  const repository = cloned.value;
  if (repository === undefined) return failed([notOnBranch('this is no clone of a repository')]);
  const prefix = await projectPath(repository.workTree, root);
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'trainyard-receive-')));
  let judged: Judged | undefined;
  let incoming: Incoming | undefined;
  try {
    const edited = await editGithubBranch(
      { branch, environment: effects.env, patience: { ...patienceOf(effects), tries } },
      async (head) => {
        const tree = await mkdtemp(join(folder, 'at-'));
        const laid = await layOut({ repository, branch, head, tree, signal: effects.signal });
        if (!laid.ok) return failed([laid.failure]);
        const receiver = await findReceiver(join(tree, prefix), { pipelines, data });
        if (!receiver.ok) return receiver;
        // What an address gives is asked for once: a sender may have changed it since.
        const brought =
          incoming === undefined ? await bring(data, receiver.value, effects) : success(incoming);
        if (!brought.ok) return failed([brought.failure]);
        incoming = brought.value;
        const work = await mkdtemp(join(folder, 'work-'));
        const { dataset } = receiver.value;
        const added = await addRows({
          ...{ dataset, root: join(tree, prefix), incoming, folder: work, threads: effects.machine.cpus },
        });
        if (!added.ok) return added;
        // Of rows that an earlier try wrote without an answer, this one finds none that are new.
        if (added.value.file !== undefined || judged === undefined) {
          judged = { receiver: receiver.value, addition: added.value };
        }
        for (const each of [tree, work]) await rm(each, { recursive: true, force: true });
        return success(editOf({ prefix, addition: added.value, data, event, env: effects.env }));
      },
    );
    if (!edited.ok) return edited;
    const { receiver, addition } = judged!;
    const { commit, written } = edited.value;
    const taken = written ? addition.taken : 0;
    const skipped = written ? addition.skipped : addition.skipped + addition.taken;
    const path =
      written && addition.file !== undefined ? inRepository(prefix, addition.file.path) : undefined;
    return success({
      ...{ dataset: data.dataset, pipelines: receiver.pipelines, total: addition.total, commit, branch },
      ...{ taken, skipped },
      ...(path === undefined ? {} : { path }),
      ...(data.from.kind === 'address' ? { address: shownAddress(data.from.address) } : {}),
    });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

interface Judged {
  readonly receiver: Receiver;
  readonly addition: Addition;
}

interface LayOut {
  readonly repository: Repository;
  readonly branch: string;
  readonly head: string;
  readonly tree: string;
  readonly signal: AbortSignal;
}

/** The files of a commit, which is fetched when somebody has written it since the clone was made. */
async function layOut({ repository, branch, head, tree, signal }: LayOut): Promise<Result<void, Failure>> {
  const known = await repository.resolve(head);
  if (!known.ok) return known;
  if (known.value === undefined) {
    const remote = await repository.remote();
    if (!remote.ok) return remote;
    if (remote.value === undefined) return failed(notOnBranch('this clone has no remote `origin`'));
    const to = `refs/remotes/origin/${branch}`;
    const fetched = await remote.value.fetch([{ from: `refs/heads/${branch}`, to }]);
    if (!fetched.ok) return fetched;
  }
  const laid = await checkOut({ repository, commit: head, folder: tree, signal });
  return laid.ok ? success(undefined) : laid;
}

interface EditOptions {
  readonly prefix: string;
  readonly addition: Addition;
  readonly data: NonNullable<DispatchPayload['data']>;
  readonly event: string;
  readonly env: Effects['env'];
}

function editOf({ prefix, addition, data, event, env }: EditOptions): BranchEdit | undefined {
  const { file, taken, skipped } = addition;
  if (file === undefined) return undefined;
  const { dataset } = data;
  return {
    files: [{ path: inRepository(prefix, file.path), bytes: file.bytes }],
    message: [
      `Add ${taken} ${taken === 1 ? 'row' : 'rows'} to ${dataset}`,
      '',
      `Sent by the event ${plainName(event)} of ${plainName(env['GITHUB_ACTOR'])}, and taken as the contract of the dataset allows.`,
      ...(skipped > 0 ? [`${skipped} more were there already, with the same values.`] : []),
      ...fromLines(data),
      ...(env['GITHUB_RUN_ID'] === undefined ? [] : [`Workflow run: ${plainName(env['GITHUB_RUN_ID'])}`]),
    ].join('\n'),
  };
}

function fromLines({ from }: SentData): readonly string[] {
  return from.kind === 'rows' ? [] : [`From: ${shownAddress(from.address)}`];
}

/** Names go into the message of a commit, where other texts could mean something. */
function plainName(text: string | undefined): string {
  const plain = (text ?? '').replace(/[^\w.[\]-]/g, '').slice(0, 100);
  return plain === '' ? 'somebody' : plain;
}

function inRepository(prefix: string, path: string): string {
  return prefix === '' ? path : `${prefix}/${path}`;
}
