import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openLoop } from './load.mjs';
import { copies, startOurs } from './ours.mjs';

const names = Array.from({ length: 10 }, (_, i) => `model-${i}`);
const rate = 200;

/** Ten models at 200 requests a second each, at fixed times: errors, p99 and memory. */
export async function steadyLoad({ root, models, minutes, slack, expect }) {
  const seconds = Math.round(minutes * 60);
  console.log(
    `\n-- 10 models x ${rate} requests/s, ${seconds} s, latency from the time at which a request was due`,
  );
  const body = JSON.stringify(models[0].row);
  const server = await startOurs({
    plan: copies(root, models[0].servable, names),
    model: names[0],
    body,
    settings: { TRAINYARD_LOG: `file:${join(root, 'log/steady')}` },
  });
  try {
    const targets = names.map((name) => ({ url: `${server.origin}/predict/${name}`, body, rate }));
    const before = server.cpu();
    const load = openLoop({ targets, seconds, connections: 64 });
    const memory = [];
    let isOver = false;
    void load.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      await pause(500);
      memory.push(server.memory());
    }
    const result = await load;
    const cpu = (server.cpu() - before) / result.due;
    const bad = result.due - result.ok;
    console.log(
      `${result.due} requests, ${bad} without a good answer; p50 ${result.p50.toFixed(2)} ms, p99 ${result.p99.toFixed(2)} ms, p99.9 ${result.p999.toFixed(2)} ms, most ${result.max.toFixed(1)} ms; ${cpu.toFixed(1)} us of CPU a request (${(cpu * names.length * rate) / 1e4} % of a core)`,
    );
    const [second, last] = [quarter(memory, 1), quarter(memory, 3)];
    const growth = last / second - 1;
    console.log(
      `memory: ${mb(second)} MB in the second quarter of the time, ${mb(last)} MB in the last (${(100 * growth).toFixed(1)} %)`,
    );
    expect(bad === 0, 'no error');
    expect(result.p99 < 10 * slack, 'p99 under 10 ms');
    expect(growth <= 0.1, 'memory grows by at most 10 %');
  } finally {
    await server.stop();
  }
}

/** The median of a quarter of some values. */
function quarter(values, index) {
  const size = Math.floor(values.length / 4);
  return values.slice(index * size, (index + 1) * size).toSorted((a, b) => a - b)[Math.floor(size / 2)];
}

function mb(bytes) {
  return (bytes / 2 ** 20).toFixed(0);
}
