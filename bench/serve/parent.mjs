// A server that applies the plan whose name it reads, and prints what became of it.
import { createInterface } from 'node:readline';
import { startServer } from '../../dist/serve/index.js';

const plans = JSON.parse(process.env.PLANS);
const started = await startServer({
  plan: plans.plain,
  host: process.env.HOST,
  port: Number(process.env.PORT),
  workers: 1,
});
if (!started.ok) throw new Error(started.failure.message);
async function end() {
  await started.value[Symbol.asyncDispose]();
  process.exit(0);
}
createInterface({ input: process.stdin })
  .on('line', async (name) => {
    console.log(JSON.stringify(await started.value.apply(plans[name])));
  })
  // Whoever measured is gone.
  .on('close', end);
process.on('SIGTERM', end);
