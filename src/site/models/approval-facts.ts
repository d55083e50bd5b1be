import type { Failure, Result } from '../../base/index.ts';
import { success } from '../../base/index.ts';
import type { Repository } from '../../git/index.ts';
import type { SignatureCheck } from '../../registry/index.ts';
import { readApprovals } from '../../registry/index.ts';
import type { ApprovalFacts } from '../format/index.ts';
import { openIdentity, openText } from './open-names.ts';

const below = 'refs/trainyard/approvals/';

/** Every approval that this clone has, by model; those that do not count too, with why. */
export async function approvalFacts(
  repository: Repository,
  signatures: SignatureCheck | undefined,
): Promise<Result<ReadonlyMap<string, readonly ApprovalFacts[]>, Failure>> {
  const refs = await repository.listRefs(below);
  if (!refs.ok) return refs;
  const subjects = new Map<string, { model: string; stage: string; name: string }>();
  for (const { name: ref } of refs.value) {
    const [model, stage, name, who, more] = ref.slice(below.length).split('/');
    if (model === undefined || stage === undefined || name === undefined) continue;
    if (who !== undefined && more === undefined)
      subjects.set(`${model}/${stage}/${name}`, { model, stage, name });
  }
  const found = new Map<string, readonly ApprovalFacts[]>();
  for (const subject of subjects.values()) {
    const read = await readApprovals(subject, {
      repository,
      remote: undefined,
      ...(signatures === undefined ? {} : { signatures }),
    });
    if (!read.ok) return read;
    const facts = read.value.map(
      ({ name, stage, by, at, why, problem }): ApprovalFacts => ({
        version: name,
        stage,
        by: openIdentity(by),
        ...(at === undefined ? {} : { at }),
        ...(why === undefined ? {} : { why }),
        ...(problem === undefined ? {} : { problem: openText(problem, subject.model) }),
      }),
    );
    found.set(subject.model, [...(found.get(subject.model) ?? []), ...facts]);
  }
  return success(found);
}
