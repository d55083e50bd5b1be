import type { Command } from 'commander';
import type { Console } from '../console.ts';
import { collect, verb } from './verb.ts';

/** models attest, verify. */
export function addProvenanceVerbs(models: Command, console: Console): void {
  verb(models, 'attest <run-or-model>', 'sign where a model comes from, and keep that beside the records', [
    'trainyard models attest heart-disease@v1.4.0 --key signing.pem',
    'trainyard models attest latest --dry-run',
  ])
    .option(
      '--key <file>',
      'private key in PEM (default: TRAINYARD_SIGNING_KEY, else the identity of the CI job)',
    )
    .option('--dry-run', 'print what would be signed, and change nothing')
    .action(async (reference: string, _, command) => {
      const { attestVerb } = await import('../verbs/attest.ts');
      await attestVerb(console, { reference, ...command.optsWithGlobals() });
    });

  verb(models, 'verify <model>', 'whether a model is what somebody who is trusted signed', [
    'trainyard models verify heart-disease@v1.4.0',
    "trainyard models verify model.onnx --as 'heart-disease#production'",
  ])
    .option('--as <model>', 'the version or run that a file has to be')
    .option('--offline', 'do not ask the remote which version stands where now')
    .option('--bundle <file>', 'an attestation from elsewhere; repeatable', collect)
    .action(async (reference: string, _, command) => {
      const { verifyModelVerb } = await import('../verbs/verify-model.ts');
      const { bundle, ...options } = command.optsWithGlobals();
      await verifyModelVerb(console, { reference, bundles: bundle, ...options });
    });
}
