import type { Digest, Failure, Json, Result } from '../../base/index.ts';
import { canonicalJson, failed, isDigest, success } from '../../base/index.ts';
import type { ObjectId, Remote, Repository, Tag } from '../../git/index.ts';
import type { Identity, VersionName } from '../event.ts';
import type { SignatureCheck } from '../ledgers/options.ts';
import type { Approval, ApprovalMessage } from './approval.ts';
import { sameName } from './promoter.ts';

/** Where approvals are: at the remote, where there is one; what `Ledger.refresh` brought is a copy. */
export interface ApprovalPlace {
  readonly repository: Repository;
  readonly remote: Remote | undefined;
  /** Given where `allowed-signers` is set: then only what is signed counts. */
  readonly signatures?: SignatureCheck;
}

export interface ApprovalSubject {
  readonly model: string;
  readonly name: VersionName;
  readonly stage: string;
}

export interface NewApproval extends ApprovalSubject {
  readonly digest: Digest;
  readonly commit: ObjectId;
  readonly by: Identity;
  readonly why?: string;
  readonly time: Date;
  readonly signingKey?: string;
}

/** Writes an approval once; a second one of the same person changes nothing. */
export async function writeApproval(
  approval: NewApproval,
  { repository, remote }: ApprovalPlace,
): Promise<Result<{ readonly kind: 'written' | 'there-already'; readonly ref: string }, Failure>> {
  const { model, name, stage, digest, commit, by, why, time, signingKey } = approval;
  const tagName = `${folderOf(approval)}${inRef(by.name)}`;
  const message: ApprovalMessage = {
    version: 1,
    kind: 'approval',
    model,
    name,
    digest,
    stage,
    by,
    at: time.toISOString(),
    ...(why === undefined ? {} : { why }),
  };
  const id = await repository.writeTag({
    name: tagName,
    target: commit,
    message: canonicalJson(message as unknown as Json),
    time,
    ...(signingKey === undefined ? {} : { signingKey }),
  });
  if (!id.ok) return id;
  const ref = `refs/${tagName}`;
  const update = [{ ref, before: undefined, after: id.value }];
  const moved = await (remote === undefined ? repository.updateRefs(update) : remote.push(update));
  if (!moved.ok) return failed(moved.failure);
  // The remote has it; where this clone has another one of the name, the next refresh puts it right.
  if (remote !== undefined && moved.value.kind === 'done') await repository.updateRefs(update);
  return success({ kind: moved.value.kind === 'done' ? 'written' : 'there-already', ref });
}

/** Every approval of a version for a stage, those that do not count too, with why. Whatever they hold, none is fatal. */
export async function readApprovals(
  subject: ApprovalSubject,
  { repository, signatures }: ApprovalPlace,
): Promise<Result<readonly Approval[], Failure>> {
  const tags = await repository.readTagsBelow(`refs/${folderOf(subject)}`);
  if (!tags.ok) return tags;
  const approvals: Approval[] = [];
  for (const tag of tags.value) {
    const read = await readApproval(tag, subject, signatures);
    if (!read.ok) return read;
    approvals.push(read.value);
  }
  return success(approvals);
}

async function readApproval(
  tag: Tag,
  subject: ApprovalSubject,
  signatures: SignatureCheck | undefined,
): Promise<Result<Approval, Failure>> {
  const who = fromRef(tag.name.slice(folderOf(subject).length));
  const { name, stage } = subject;
  const basics = { ref: `refs/${tag.name}`, name, stage };
  const unproven: Identity = { name: who, proof: 'nobody' };
  const message = parseMessage(tag.message ?? '');
  if (message === undefined) return success({ ...basics, by: unproven, problem: 'it cannot be read' });
  const { digest, at, why, by } = message;
  const said = { ...basics, digest, at, ...(why === undefined ? {} : { why }) };
  if (message.model !== subject.model || message.name !== name || message.stage !== stage) {
    return success({ ...said, by: unproven, problem: 'it was given for something else' });
  }
  if (signatures === undefined) {
    return success(
      sameName(by.name, who)
        ? // Nothing was verified, whatever it says.
          { ...said, by: by.proof === 'signature' ? { ...by, proof: 'nobody' } : by }
        : { ...said, by: unproven, problem: `it says that it is of ${by.name}` },
    );
  }
  const signer = await signatures(tag);
  if (!signer.ok) return signer;
  if (signer.value === undefined) {
    return success({ ...said, by: unproven, problem: 'it is signed by nobody among the allowed signers' });
  }
  const signed: Identity = { name: signer.value, proof: 'signature' };
  return success(
    sameName(signer.value, who)
      ? { ...said, by: signed }
      : { ...said, by: signed, problem: `it stands under the name of ${who}` },
  );
}

function parseMessage(text: string): ApprovalMessage | undefined {
  if (text.length > 100_000) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
    if (canonicalJson(value as Json) !== text.trimEnd()) return undefined;
  } catch {
    return undefined;
  }
  const message = value as Partial<ApprovalMessage> | null;
  const isOurs =
    typeof message === 'object' &&
    message?.version === 1 &&
    message.kind === 'approval' &&
    [message.model, message.name, message.stage, message.at].every((member) => typeof member === 'string') &&
    typeof message.digest === 'string' &&
    isDigest(message.digest) &&
    typeof message.by?.name === 'string' &&
    ['signature', 'forge', 'nobody'].includes(message.by.proof) &&
    (message.why === undefined || typeof message.why === 'string');
  return isOurs ? (message as ApprovalMessage) : undefined;
}

function folderOf({ model, stage, name }: ApprovalSubject): string {
  return `trainyard/approvals/${model}/${stage}/${name}/`;
}

/** A name as the last part of a ref: in lower case, since names are compared so; all but plain characters as `%41`. */
function inRef(name: string): string {
  const bytes = new TextEncoder().encode(name.toLowerCase());
  return `by-${[...bytes].map((byte) => (/[a-z0-9@_+-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`)).join('')}`;
}

function fromRef(part: string): string {
  try {
    return decodeURIComponent(part.replace(/^by-/, ''));
  } catch {
    return part;
  }
}
