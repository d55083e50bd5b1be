// `trainyard --version` against the limit of 150 ms, and beside `node -e 0` in the same run: what Node itself needs.
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

const limitMilliseconds = 150;
const rounds = 21;
// Certificates that Node would read at each start, in 60 ms: not of this program.
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
const main = fileURLToPath(new URL('../../dist/bin/trainyard.js', import.meta.url));

const seconds = { trainyard: [], node: [] };
for (let round = 0; round < rounds; round++) {
  seconds.trainyard.push(time([main, '--version']));
  seconds.node.push(time(['-e', '0']));
}
// The best round: what the program needs, not what else the machine was doing.
const trainyard = Math.min(...seconds.trainyard);
const node = Math.min(...seconds.node);
console.log(
  `machine: ${cpus().length} x ${cpus()[0].model}; Node ${process.version}; best of ${rounds} rounds`,
);
console.log(`trainyard --version: ${trainyard.toFixed(0)} ms; node -e 0: ${node.toFixed(0)} ms`);
console.log(
  `ratio to the limit of ${limitMilliseconds} ms: ${(trainyard / limitMilliseconds).toFixed(2)} (must be at most 1)`,
);
process.exitCode = trainyard <= limitMilliseconds ? 0 : 1;

function time(args) {
  const start = process.hrtime.bigint();
  const { status } = spawnSync(process.execPath, args, { env });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}`);
  return Number(process.hrtime.bigint() - start) / 1e6;
}
