import type { Failure } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { AttestRecordedReport, Effects } from '../commands/index.ts';
import { attestRecorded, pushRuns } from '../commands/index.ts';
import type { Action, Annotation } from './action.ts';
import { defineAction } from './action.ts';
import { directory, token } from './common-inputs.ts';

export const recordAction: Action = defineAction({
  name: 'record',
  description:
    'Sends the records of the runs of this job to the branch of run records, as one commit; with `run`, after it has attested where the model of that run comes from, where the project asks for it.',
  packages: false,
  permissions: ['contents: write', 'id-token: write'],
  inputs: {
    run: {
      kind: 'text',
      description:
        'Id of a run whose model is attested, with TRAINYARD_SIGNING_KEY or with the identity of the job (`id-token: write`), where trainyard.yaml trusts that.',
    },
    attest: {
      kind: 'flag',
      default: 'false',
      description: 'With `run`: attests it also where trainyard.yaml asks for no provenance.',
    },
    token,
    directory,
  },
  outputs: {
    commit: { description: 'Of the branch of run records; empty when there was nothing to send.' },
    sent: { description: 'How many files were sent.' },
    attestation: {
      description:
        'Path of the attestation on that branch; empty when nothing was signed, or was signed before.',
    },
  },
  run: async ({ inputs, effects, say }) => {
    const world = { ...effects, env: { ...effects.env, GITHUB_TOKEN: inputs.token } };
    const signed = inputs.run === undefined ? undefined : await sign(inputs.run, inputs.attest, world);
    // What ran is recorded, also when nobody could sign for it.
    const done = await pushRuns({ via: 'github' }, world);
    if (!done.ok) return failed([...(signed?.failures ?? []), ...done.failure]);
    const { sent, place, commit } = done.value;
    say(sent === 0 ? `${place} has everything already` : `${sent} files sent to ${place}`);
    const { attested, unsigned } = signed?.report ?? {};
    if (attested !== undefined) say(`attested ${attested.modelDigest}: ${attested.path}`);
    const annotations: readonly Annotation[] =
      unsigned === undefined
        ? []
        : [{ level: 'notice', title: 'This job signs for no model', message: unsigned }];
    return success({
      outputs: {
        sent: String(sent),
        ...(commit === undefined ? {} : { commit }),
        ...(attested === undefined ? {} : { attestation: attested.path }),
      },
      annotations,
      failures: signed?.failures ?? [],
    });
  },
});

async function sign(
  run: string,
  always: boolean,
  effects: Effects,
): Promise<{ readonly report?: AttestRecordedReport; readonly failures: readonly Failure[] }> {
  const done = await attestRecorded({ run, always }, effects);
  return done.ok ? { report: done.value, failures: [] } : { failures: done.failure };
}
