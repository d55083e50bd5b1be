import { success } from '../base/index.ts';
import type { Received } from '../commands/index.ts';
import { receive } from '../commands/index.ts';
import { counted, markdownCode, markdownText } from '../report/index.ts';
import type { Action } from './action.ts';
import { defineAction } from './action.ts';
import { directory, token } from './common-inputs.ts';

export const receiveAction: Action = defineAction({
  name: 'receive',
  description:
    'Takes rows that a `repository_dispatch` brings into a dataset, as one commit of the branch: judged by the contract, all or none. Executes nothing of a pipeline.',
  packages: true,
  permissions: ['contents: write'],
  inputs: { token, directory },
  outputs: {
    commit: { description: 'Commit of the branch that holds all rows; empty when the event brings none.' },
    pipelines: { description: 'Pipelines that take them, with commas between.' },
    taken: { description: 'How many rows were new.' },
    skipped: { description: 'How many rows were there already, with the same values.' },
  },
  run: async ({ inputs, effects, event, say }) => {
    const env = {
      ...effects.env,
      GITHUB_TOKEN: inputs.token,
      // For Git itself: no credentials are kept in the clone.
      TRAINYARD_GIT_TOKEN: inputs.token,
    };
    const { action, client_payload: payload } = event;
    const done = await receive(
      { payload, event: typeof action === 'string' ? action : 'repository_dispatch' },
      { ...effects, env },
    );
    if (!done.ok) {
      const refused = done.failure.map(({ message }) => `- ${markdownText(message)}`);
      return success({
        outputs: {},
        failures: done.failure,
        summary: `### Rows of the event\n\nNone was taken.\n\n${refused.join('\n')}\n`,
      });
    }
    const received = done.value;
    if (received === undefined) {
      return success({ outputs: {}, summary: '### Rows of the event\n\nIt brought none.\n' });
    }
    const { dataset, commit, pipelines, taken, skipped, branch } = received;
    say(`${dataset}: ${taken} taken, ${skipped} skipped, at ${commit} of ${branch}`);
    return success({
      outputs: {
        ...{ commit, pipelines: pipelines.join(','), taken: String(taken), skipped: String(skipped) },
      },
      summary: summaryOf(received),
    });
  },
});

function summaryOf(received: Received): string {
  const { dataset, pipelines, taken, skipped, total, commit, branch, path, address } = received;
  const lines = [
    `- ${counted(taken, 'row')} taken, ${skipped} skipped (there already, with the same values), none refused`,
    `- ${markdownCode(dataset)} of ${pipelines.map(markdownCode).join(', ')} has ${counted(total, 'row')} now`,
    ...(address === undefined ? [] : [`- from ${markdownCode(address)}`]),
    path === undefined
      ? `- nothing was written; ${markdownCode(branch)} is at ${commit.slice(0, 7)}`
      : `- written to ${markdownCode(path)} of ${markdownCode(branch)}, commit ${commit}`,
  ];
  return `### Rows of the event\n\n${lines.join('\n')}\n`;
}
