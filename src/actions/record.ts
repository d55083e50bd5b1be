import { success } from '../base/index.ts';
import { pushRuns } from '../commands/index.ts';
import type { Action } from './action.ts';
import { defineAction } from './action.ts';
import { directory, token } from './common-inputs.ts';

export const recordAction: Action = defineAction({
  name: 'record',
  description: 'Sends the records of the runs of this job to the branch of run records, as one commit.',
  packages: false,
  permissions: ['contents: write'],
  inputs: { token, directory },
  outputs: {
    commit: { description: 'Of the branch of run records; empty when there was nothing to send.' },
    sent: { description: 'How many files were sent.' },
  },
  run: async ({ inputs, effects, say }) => {
    const env = { ...effects.env, GITHUB_TOKEN: inputs.token };
    const done = await pushRuns({ via: 'github' }, { ...effects, env });
    if (!done.ok) return done;
    const { sent, place, commit } = done.value;
    say(sent === 0 ? `${place} has everything already` : `${sent} files sent to ${place}`);
    return success({
      outputs: { sent: String(sent), ...(commit === undefined ? {} : { commit }) },
    });
  },
});
