// A parent of processes that answer, told by lines of JSON what to do.
import { createInterface } from 'node:readline';
import { startServer } from '../../../dist/serve/index.js';

let looks = 0;
const plans = JSON.parse(process.env.PLANS);
const say = (line) => process.stderr.write(`${JSON.stringify(line)}\n`);
const started = await startServer(
  { plan: plans[0], host: '127.0.0.1', port: 0, workers: Number(process.env.TRAINYARD_WORKERS) },
  {
    look: async () => {
      looks++;
      await started.value.apply(plans[1]);
    },
  },
);
say({ event: 'started', url: started.value.url, outcome: started.value.outcome });
createInterface({ input: process.stdin }).on('line', async (line) => {
  const { apply } = JSON.parse(line);
  if (apply !== undefined) say({ event: 'applied', outcome: await started.value.apply(plans[apply]) });
  else
    say({
      event: 'state',
      looks,
      readiness: started.value.readiness(),
      processes: started.value.processes(),
    });
});
process.on('SIGTERM', async () => {
  await started.value[Symbol.asyncDispose]();
  process.exit(0);
});
