import { verifyModel } from '../../commands/index.ts';
import { verificationText, visible } from '../../report/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { fail } from '../failures.ts';

export interface VerifyModelVerbOptions extends CommonOptions {
  readonly reference: string;
  readonly as?: string;
  readonly bundles?: readonly string[];
  readonly offline?: boolean;
}

/** Ends with 1 unless every link holds: what could not be looked at is not verified. */
export async function verifyModelVerb(console: Console, options: VerifyModelVerbOptions): Promise<void> {
  const report = await verifyModel(options, effectsOf(console, options));
  if (!report.ok) return fail(console, options, report.failure);
  const { verification, stale } = report.value;
  if (stale !== undefined) console.err(`What this clone knows: ${visible(stale.message)}\n`);
  if (options.json === true) printJson(console, report.value);
  else console.out(verificationText(verification, console.outTerminal));
  console.exit(verification.verdict === 'pass' ? 0 : 1);
}
