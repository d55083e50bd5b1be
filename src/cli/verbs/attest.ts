import type { AttestReport } from '../../commands/index.ts';
import { attest } from '../../commands/index.ts';
import type { SignedWith } from '../../provenance/index.ts';
import { visible } from '../../report/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { fail } from '../failures.ts';

export interface AttestVerbOptions extends CommonOptions {
  readonly reference: string;
  readonly key?: string;
  readonly dryRun?: boolean;
}

export async function attestVerb(console: Console, options: AttestVerbOptions): Promise<void> {
  const report = await attest(options, effectsOf(console, options));
  if (!report.ok) return fail(console, options, report.failure);
  if (options.json === true) printJson(console, report.value);
  else if (report.value.attested === undefined) printJson(console, report.value.statement);
  else console.out(`${report.value.attested.path}\n`);
  console.err(said(report.value));
}

function said({ attested, signedWith, toPush }: AttestReport): string {
  const by = signedWith === undefined ? 'nothing: there is no key and no identity' : nameOf(signedWith);
  if (attested === undefined) return `This would be signed with ${by}.\n`;
  const { modelDigest, commit } = attested;
  const model = visible(attested.model);
  const done =
    commit === undefined
      ? `${model} ${modelDigest} was attested with ${by} before; nothing is changed.`
      : `Attested ${model} ${modelDigest} with ${by}.`;
  return toPush ? `${done}\nOthers see it after "trainyard runs push".\n` : `${done}\n`;
}

function nameOf(signedWith: SignedWith): string {
  return signedWith.kind === 'key'
    ? `the key ${signedWith.keyId.slice(0, 19)}`
    : `the identity of this job (${signedWith.fulcio})`;
}
