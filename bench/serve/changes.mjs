import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { closedLoop } from './load.mjs';
import { copies, startOurs } from './ours.mjs';

const script = fileURLToPath(new URL('./parent.mjs', import.meta.url));
const rounds = 5;

/** Versions that change, shadows and the log, while 32 connections ask. */
export async function changesUnderLoad({ root, models, seconds, slack, expect }) {
  const [model] = models;
  const body = JSON.stringify(model.row);
  const plans = plansOf(root, model.servable);
  console.log(`\n-- changes under load, 32 connections, ${rounds} rounds of ${seconds} s, medians`);
  const server = await startOurs({
    plan: '',
    model: 'model',
    body,
    script,
    settings: { PLANS: JSON.stringify(plans) },
  });
  const lines = createInterface({ input: server.child.stdout })[Symbol.asyncIterator]();
  const apply = async (name) => {
    server.child.stdin.write(`${name}\n`);
    const { value } = await lines.next();
    return JSON.parse(value);
  };
  const load = (length) => closedLoop({ url: server.url, body, connections: 32, seconds: length });
  try {
    await load(3);
    let failed = 0;
    const swapping = load(seconds * 2).then((result) => {
      failed = result.failed;
      return result.requests;
    });
    let swaps = 0;
    let isOver = false;
    void swapping.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      await pause(300);
      const { refused } = await apply(swaps++ % 2 === 0 ? 'other' : 'plain');
      if (refused.length > 0) throw new Error(JSON.stringify(refused));
    }
    console.log(`swaps: ${swaps} under ${await swapping} requests, ${failed} failed`);
    expect(failed === 0, 'no failed request while versions change');
    const shadow = await compare({ apply, load, server, seconds, from: 'plain', to: 'shadow' });
    const cost = 1 - shadow.to.rate / shadow.from.rate;
    console.log(
      `ratio: with a shadow ${(100 * cost).toFixed(1)} % fewer requests a second (${shadow.from.rate.toFixed(0)} -> ${shadow.to.rate.toFixed(0)}; at most 10)`,
    );
    expect(cost <= 0.1 * slack, 'a shadow costs at most 10 % of the throughput');
    expect(shadow.failed === 0, 'no failed request with a shadow');
    const log = await compare({ apply, load, server, seconds, from: 'plain', to: 'log' });
    const micros = log.to.answering - log.from.answering;
    const all = log.to.cpu - log.from.cpu;
    console.log(
      `log: ${micros.toFixed(1)} us of CPU a request on the thread that answers (${log.from.answering.toFixed(1)} -> ${log.to.answering.toFixed(1)}; at most 5), ${all.toFixed(1)} us on all threads (segments become Parquet on another)`,
    );
    expect(
      micros <= 5 * slack,
      'the prediction log costs at most 5 us of CPU a request on the thread that answers',
    );
    expect(log.failed === 0, 'no failed request with a log');
  } finally {
    await server.stop();
  }
}

/** Two plans in turns, so that what the machine does beside meets both. */
async function compare({ apply, load, server, seconds, from, to }) {
  const found = { [from]: [], [to]: [] };
  let failed = 0;
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? [from, to] : [to, from]) {
      await apply(name);
      await load(1);
      const before = [server.cpu(), server.cpuOfFirstThread()];
      const result = await load(seconds);
      failed += result.failed;
      found[name].push({
        rate: result.rate,
        cpu: (server.cpu() - before[0]) / result.requests,
        answering: (server.cpuOfFirstThread() - before[1]) / result.requests,
      });
    }
  }
  await apply(from);
  const medians = (name) =>
    Object.fromEntries(
      ['rate', 'cpu', 'answering'].map((member) => [member, median(found[name].map((one) => one[member]))]),
    );
  return { from: medians(from), to: medians(to), failed };
}

function plansOf(root, servable) {
  const folder = copies(root, servable, ['model']);
  const { digest } = JSON.parse(readFileSync(join(folder, 'model/model.json'), 'utf8'));
  // The same bytes under two names: what is measured is the change, not another model.
  const version = (at) => ({ name: at, digest, folder: join(folder, 'model') });
  const plan = (served, more = {}) => ({
    version: 1,
    models: [{ model: 'model', versions: [version(served)], served, shadows: [], ...more }],
  });
  return {
    plain: plan('v1.0.0'),
    other: plan('v2.0.0'),
    shadow: plan('v1.0.0', { versions: [version('v1.0.0'), version('v2.0.0')], shadows: ['v2.0.0'] }),
    log: plan('v1.0.0', { log: { to: `file:${join(root, 'log/changes')}`, mode: 'buffered' } }),
  };
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
