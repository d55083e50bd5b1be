import type { Digest } from '../../src/base/index.ts';
import type { Repository } from '../../src/git/index.ts';
import type { Appended, EventDraft, Ledger, LedgerOptions, ModelState } from '../../src/registry/index.ts';
import { openLedger } from '../../src/registry/index.ts';
import { value } from '../git/rig.ts';
import { digestOf } from './tags.ts';

export const by = { name: '@ada', proof: 'nobody' } as const;

export function registration(name: string, digest: Digest = digestOf(name)): EventDraft {
  return {
    kind: 'register',
    name,
    digest,
    by,
    run: '20260301-120000-0123abcd',
    pipeline: 'heart-disease',
    record: digestOf('record'),
    bump: { rule: 'named', because: 'a test says so' },
    metrics: { roc_auc: { value: 0.9, low: 0.85, high: 0.94 } },
  };
}

export function assignment(name: string, stage: string, digest: Digest = digestOf(name)): EventDraft {
  return { kind: 'assign', name, digest, by, stage, cause: 'promotion', checks: [] };
}

export function ledgerOn(repository: Repository, over: Partial<LedgerOptions> = {}): Ledger {
  return openLedger({ repository, remote: undefined, ...over });
}

/** With the remote `origin`. */
export async function ledgerOfClone(repository: Repository): Promise<Ledger> {
  const ledger = ledgerOn(repository, { remote: value(await repository.remote()) });
  value(await ledger.refresh());
  return ledger;
}

export interface Writing {
  readonly model?: string;
  readonly commit: string;
  readonly time?: Date;
  readonly on?: ModelState;
}

/** Appends to what the ledger shows now. */
export async function write(ledger: Ledger, draft: EventDraft, writing: Writing): Promise<Appended> {
  const { model = 'heart-disease', commit, time = new Date('2026-03-01T12:00:00Z') } = writing;
  const on = writing.on ?? value(await ledger.state(model));
  return value(await ledger.append(draft, on, { commit, time }));
}

export async function done(ledger: Ledger, draft: EventDraft, writing: Writing): Promise<ModelState> {
  const appended = await write(ledger, draft, writing);
  if (appended.kind !== 'done') throw new Error('somebody else was faster');
  return appended.state;
}
