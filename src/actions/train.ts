import type { Failure } from '../base/index.ts';
import { success, version } from '../base/index.ts';
import { run, triggerOf } from '../commands/index.ts';
import { runReportMarkdown } from '../report/index.ts';
import type { Action, Annotation } from './action.ts';
import { defineAction } from './action.ts';
import { directory, pipeline, token } from './common-inputs.ts';
import { sayRun } from './say-run.ts';

export const trainAction: Action = defineAction({
  name: 'train',
  description: 'Runs a pipeline: what is stale is executed, and what came out is recorded in this clone.',
  packages: true,
  permissions: ['contents: read', 'packages: read'],
  inputs: {
    pipeline,
    params: { kind: 'lines', description: 'Parameters instead of those of the file: `trees=500`.' },
    force: { kind: 'lines', description: 'Steps that run although nothing changed; `all` for all of them.' },
    jobs: { kind: 'number', description: 'Steps at one time. Without it one a core.' },
    steps: {
      kind: 'lines',
      description:
        'Steps that this job executes, when other jobs execute the others. What they need has to be there by digest. The verdict of the gates does not fail it: the job that assembles has the last word.',
    },
    assemble: {
      kind: 'flag',
      default: 'false',
      description:
        'Puts together what other jobs handed over, and records it. Executes nothing, but for the gates where what they compare with has changed since.',
    },
    results: { kind: 'text', description: 'Folder of what other jobs handed over.' },
    'hand-over': { kind: 'text', description: 'Folder to write into what other jobs need of this one.' },
    'new-data': {
      kind: 'flag',
      default: 'false',
      description:
        'Says in the record that new data started the run, where the event is the schedule that looked for it.',
    },
    token,
    directory,
  },
  outputs: {
    run: { description: 'Id of the run: `20261121-135503-2f8bbb18`.' },
    status: { description: '`succeeded`, `failed` or `cancelled`.' },
    verdict: { description: 'Of the gates: `pass`, `fail` or `inconclusive`.' },
    model: { description: 'Digest of the model that was chosen; empty when there is none.' },
  },
  run: async ({ inputs, effects, say }) => {
    const { pipeline: name, params, force, jobs, steps, assemble, results, 'hand-over': handOver } = inputs;
    // For a store in GitHub's registry. No step gets it that does not name it.
    const env = { ...effects.env, GITHUB_TOKEN: inputs.token };
    const only = assemble ? [] : steps.length > 0 ? steps : undefined;
    const done = await run(
      {
        pipeline: name,
        param: params,
        force,
        ...(jobs === undefined ? {} : { jobs }),
        ...(only === undefined ? {} : { only }),
        ...(results === undefined ? {} : { results }),
        ...(handOver === undefined ? {} : { handOver }),
        trigger: triggerOf(env, { newData: inputs['new-data'] }),
        version: version(),
      },
      { ...effects, env, listener: sayRun(say) },
    );
    if (!done.ok) return done;
    const { record, unwritten, failures } = done.value;
    const isPart = only !== undefined && only.length > 0;
    const succeeded = record.status === 'succeeded';
    return success({
      verdict: succeeded ? (isPart ? 'pass' : record.verdict) : 'fail',
      outputs: {
        run: record.id,
        status: record.status,
        verdict: record.verdict,
        model: record.model?.digest ?? '',
      },
      summary: runReportMarkdown(record),
      // A step that may fail fails nothing.
      annotations: succeeded ? failures.map(tolerated) : [],
      failures: [...(succeeded ? [] : failures), ...(unwritten === undefined ? [] : [unwritten])],
    });
  },
});

function tolerated({ code, message }: Failure): Annotation {
  return { level: 'warning', title: code, message: `${message}.` };
}
