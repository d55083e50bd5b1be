import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { Identity, PromotionAnswer, PushedRequest } from '../registry/index.ts';
import {
  answerRequest,
  parseRequest,
  promote as promoteVersion,
  readRequest,
  stageUndeclared,
  unknownModel,
} from '../registry/index.ts';
import { pusherOf, whoWrites } from './identity.ts';
import { ownModel } from './model-project.ts';
import type { OpenedRegistry } from './open-registry.ts';
import { openRegistry } from './open-registry.ts';
import type { PromotionEffects } from './promotion-evidence.ts';
import { gatherer } from './promotion-evidence.ts';
import { findVersion, writerWorld } from './promotion-world.ts';

export interface PromoteOptions {
  /** `heart-disease`, `heart-disease@v1.4.0`, `heart-disease#staging`, `run:<id>`. */
  readonly reference: string;
  readonly to: string;
  readonly why?: string;
  readonly key?: string;
  readonly dryRun?: boolean;
}

/** Decides whether a version may come to a stage, and brings it there when it may. */
export async function promote(
  options: PromoteOptions,
  effects: PromotionEffects,
): Promise<Result<PromotionAnswer, readonly Failure[]>> {
  const { reference, to: stage, why, dryRun = false, key } = options;
  const opened = await openRegistry(effects);
  if (!opened.ok) return opened;
  const { project, ledger } = opened.value;
  const names = project.stages.map(({ name }) => name);
  if (!names.includes(stage)) return failed([stageUndeclared(stage, names)]);
  const version = await findVersion(reference, opened.value, effects);
  if (!version.ok) return failed([version.failure]);
  const writer = await whoWrites({ ...keyOf(key), onlyAsking: dryRun }, opened.value, effects);
  if (!writer.ok) return failed([writer.failure]);
  const { model, name } = version.value;
  return await promoteVersion(
    model,
    { name, stage, cause: 'promotion', by: writer.value.by },
    {
      ...writerWorld(ledger, effects, writer.value),
      gather: gatherer(opened.value, effects, { mustSign: project.allowedSigners !== undefined }),
      ...(why === undefined ? {} : { why }),
      dryRun,
    },
  );
}

export interface PromoteFromTagOptions {
  /** `heart-disease#production#7` */
  readonly tag: string;
  readonly key?: string;
  readonly dryRun?: boolean;
}

/** Answers a tag that somebody pushed: completes the promotion or refuses it. A second call changes nothing. */
export async function promoteFromTag(
  options: PromoteFromTagOptions,
  effects: PromotionEffects,
): Promise<Result<PromotionAnswer, readonly Failure[]>> {
  const parsed = parseRequest(options.tag);
  if (!parsed.ok) return failed([parsed.failure]);
  const opened = await openRegistry(effects);
  if (!opened.ok) return opened;
  const { ledger, repository } = opened.value;
  const { model, stage } = parsed.value;
  const own = ownModel(model, opened.value);
  if (!own.ok) return failed([own.failure]);
  const news = await ledger.refresh(model);
  if (!news.ok) return failed([news.failure]);
  const request = await readRequest(parsed.value, repository);
  if (!request.ok) return failed([request.failure]);
  const known = await ledger.state(model);
  if (!known.ok) return failed([known.failure]);
  if (known.value.versions.length === 0) return await noSuchModel(model, opened.value);
  const by = await requesterOf(request.value, opened.value, effects);
  if (!by.ok) return failed([by.failure]);
  const dryRun = options.dryRun === true;
  const writer = await whoWrites({ ...keyOf(options.key), onlyAsking: dryRun }, opened.value, effects);
  if (!writer.ok) return failed([writer.failure]);
  return await answerRequest(
    model,
    { stage, cause: 'promotion', by: by.value, request: request.value },
    {
      ...writerWorld(ledger, effects, writer.value),
      // Who asks signs the tag; who answers signs the answer, and need not be the one who asks.
      gather: gatherer(opened.value, effects, { mustSign: false }),
      dryRun,
    },
  );
}

/** Who asks: the signer of the tag, or the account that pushed it. Whom the tag names as its tagger proves nothing. */
async function requesterOf(
  { read }: PushedRequest,
  { signatures }: OpenedRegistry,
  { env }: PromotionEffects,
): Promise<Result<Identity, Failure>> {
  const claimed: Identity = { name: read.tagger?.email ?? 'nobody', proof: 'nobody' };
  if (signatures !== undefined) {
    const signer = await signatures(read);
    if (!signer.ok) return signer;
    return success(signer.value === undefined ? claimed : { name: signer.value, proof: 'signature' });
  }
  const actor = pusherOf(env, read);
  return success(actor === undefined ? claimed : { name: actor, proof: 'forge' });
}

async function noSuchModel(
  model: string,
  { ledger }: OpenedRegistry,
): Promise<Result<never, readonly Failure[]>> {
  const models = await ledger.models();
  if (!models.ok) return failed([models.failure]);
  return failed([
    unknownModel(
      model,
      models.value.filter((name) => name !== model),
    ),
  ]);
}

function keyOf(key: string | undefined): { readonly key?: string } {
  return key === undefined ? {} : { key };
}
