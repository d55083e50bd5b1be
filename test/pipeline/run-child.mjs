// Runs the pipeline of a test rig in a process of its own, from the compiled sources: `node run-child.mjs <root>`.
// Says `ready` on standard output before the first step, and the outcome's status at the end.
import { execute, loadPipeline, makePlan, openLocalState } from '../../dist/pipeline/index.js';
import { openStore } from '../../dist/store/index.js';

const root = process.argv[2];
const loaded = await loadPipeline({ root, file: 'pipelines/p/pipeline.yaml' });
const store = await openStore('file:.trainyard/store', { root });
const state = openLocalState({ root, now: Date.now });
const machine = { engines: { duckdb: '1', onnxruntime: '1' }, platform: 'test' };
const common = { env: process.env, store: store.value, state };
const plan = await makePlan(loaded.value, { ...common, machine });
process.stdout.write('ready\n');
const controller = new AbortController();
process.on('SIGINT', () => controller.abort());
const outcome = await execute(plan.value, {
  ...common,
  pipeline: loaded.value,
  jobs: 2,
  cores: 2,
  signal: controller.signal,
  now: Date.now,
  seed: 1,
  listener: (event) => {
    if (event.kind !== 'planned')
      process.stdout.write(`${event.kind}${'step' in event ? ` ${event.step}` : ''}\n`);
  },
});
process.stdout.write(`${outcome.status}\n`);
