import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Failure, Result } from '../base/index.ts';
import { failed, seededRandom, success } from '../base/index.ts';
import type { Ledger, ModelState, VersionName, WriterWorld } from '../registry/index.ts';
import { noVersion, resolveModel } from '../registry/index.ts';
import { openRuns } from '../runs/index.ts';
import { digestOfFile } from './attest.ts';
import type { Effects } from './effects.ts';
import type { Writer } from './identity.ts';
import { ownModel } from './model-project.ts';
import type { OpenedRegistry } from './open-registry.ts';

/** What the verbs that write to the book have in common. */
export function writerWorld(
  ledger: Ledger,
  { now, randomBytes, signal }: Effects,
  { signingKey }: Writer,
): WriterWorld {
  return {
    ledger,
    now,
    random: seededRandom(Buffer.from(randomBytes(4)).readUInt32LE()),
    pause: async (milliseconds) => {
      await setTimeout(milliseconds, undefined, { signal }).catch(() => undefined);
    },
    ...(signingKey === undefined ? {} : { signingKey }),
  };
}

export interface FoundVersion {
  readonly model: string;
  readonly name: VersionName;
  readonly state: ModelState;
}

/** The version that a reference means, by the newest tags. */
export async function findVersion(
  reference: string,
  opened: OpenedRegistry,
  { cwd }: Pick<Effects, 'cwd'>,
): Promise<Result<FoundVersion, Failure>> {
  const { ledger, repository, project, root } = opened;
  const named = /^[^@#:/\\]+(?=[@#]|$)/.exec(reference)?.[0];
  const own = named === undefined ? success(undefined) : ownModel(named, opened);
  if (!own.ok) return own;
  const news = await ledger.refresh(named);
  if (!news.ok) return news;
  const resolved = await resolveModel(reference, {
    ledger,
    runs: openRuns({ repository, branch: project.runs.branch, root }),
    digestOfFile: (path) => digestOfFile(resolve(cwd, path)),
  });
  if (!resolved.ok) return resolved;
  const { model, version, state } = resolved.value;
  if (model === undefined || version === undefined || state === undefined)
    return failed(noVersion(reference));
  // A run or a file, which names no model itself, may turn out to be one of another project.
  const ownFound = ownModel(model, opened);
  if (!ownFound.ok) return ownFound;
  return success({ model, name: version.name, state });
}
