import { closedLoop, openLoop } from './load.mjs';
import { startOurs } from './ours.mjs';

const rows = 50;
const deadline = 1000;

/**
 * Twice as many requests as the server can answer, at fixed times: how many good answers come in time, against what it
 * answers when it is asked as fast as it answers.
 */
export async function overload({ models, seconds, slack, expect }) {
  const [model] = models;
  console.log(
    `\n-- twice its capacity, ${rows} rows a request, answers within ${deadline} ms count, ${seconds} s`,
  );
  const body = JSON.stringify(Array.from({ length: rows }, () => model.row));
  const server = await startOurs({ plan: model.servable, model: model.name, body });
  try {
    await closedLoop({ url: server.url, body, connections: 32, seconds: 3 });
    const { rate } = await closedLoop({ url: server.url, body, connections: 32, seconds });
    const target = { url: server.url, body, rate: 2 * rate };
    const result = await openLoop({ targets: [target], seconds, connections: 512, deadline, giveUp: true });
    const good = result.ok / seconds;
    const share = good / rate;
    console.log(
      `capacity ${rate.toFixed(0)} requests/s; at ${(2 * rate).toFixed(0)}: ${good.toFixed(0)} good answers/s, ${result.refused} refused, ${result.late} late, ${result.givenUp} given up by the client at its 512 connections, ${result.broken + result.unanswered} without an answer; p99 of the good ${result.p99.toFixed(0)} ms`,
    );
    console.log(
      `ratio: goodput is ${(100 * share).toFixed(0)} % of capacity (must be at least ${(90 / slack).toFixed(0)})`,
    );
    expect(share * slack >= 0.9, 'goodput of at least 90 % of capacity');
    const after = await closedLoop({ url: server.url, body, connections: 32, seconds: 2 });
    expect(after.failed === 0, 'no error after the overload');
  } finally {
    await server.stop();
  }
}
