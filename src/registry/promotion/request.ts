import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { ObjectId, Repository, Tag } from '../../git/index.ts';
import type { RegistryFailure } from '../failures.ts';
import { parseTagName } from '../tags/tag-name.ts';
import { requestInvalid, requestUnknown } from './failures.ts';

/** A pushed tag that asks for a promotion, whatever it says itself: only its name and its commit count. */
export interface PushedRequest {
  readonly tag: string;
  readonly model: string;
  readonly stage: string;
  readonly counter?: number;
  readonly commit: ObjectId;
  readonly read: Tag;
}

/** What the name of a tag asks for; `refs/tags/` before it does no harm. */
export function parseRequest(text: string): Result<Omit<PushedRequest, 'commit' | 'read'>, RegistryFailure> {
  const tag = text.replace(/^refs\/tags\//, '');
  const name = parseTagName(tag);
  if (name?.kind !== 'assign') return failed(requestInvalid(tag));
  const { model, stage, counter } = name;
  return success({ tag, model, stage, ...(counter === undefined ? {} : { counter }) });
}

/** The tag as this repository has it: lightweight, annotated, or a tag of a tag. */
export async function readRequest(
  request: Omit<PushedRequest, 'commit' | 'read'>,
  repository: Repository,
): Promise<Result<PushedRequest, RegistryFailure>> {
  const read = await repository.readTag(request.tag);
  if (!read.ok) return read;
  const commit = await repository.resolve(`refs/tags/${request.tag}`);
  if (!commit.ok) return commit;
  if (read.value === undefined || commit.value === undefined) return failed(requestUnknown(request.tag));
  return success({ ...request, commit: commit.value, read: read.value });
}
