/**
 * Sends requests at fixed times (open loop), and measures each from the time at which it was due: what a server delays
 * counts, also for those that wait behind. Reads its options as JSON from the standard input:
 *
 *     { targets: [{ url, body, rate }], seconds, connections, deadline }
 *
 * `connections` is the most that are open; a request that finds none free when it is due is given up when `giveUp` is
 * set (a client that is at its limit), and waits otherwise. Answers after `deadline` milliseconds are late.
 */

import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

const {
  targets,
  seconds,
  connections,
  deadline = 10_000,
  giveUp = false,
} = JSON.parse(readFileSync(0, 'utf8'));
const { hostname, port } = new URL(targets[0].url);
const requests = targets.map(({ url, body }) => {
  const head = [
    `POST ${new URL(url).pathname} HTTP/1.1`,
    `host: ${hostname}:${port}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
});

const counts = { due: 0, ok: 0, late: 0, refused: 0, broken: 0, givenUp: 0 };
const latencies = [];
const free = [];
const waiting = [];
let open = 0;

function openConnection() {
  open++;
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const state = { socket, due: undefined, buffer: Buffer.alloc(0) };
  socket.on('data', (part) => {
    state.buffer = state.buffer.length === 0 ? part : Buffer.concat([state.buffer, part]);
    const end = state.buffer.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = state.buffer.toString('latin1', 0, end);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (state.buffer.length < end + 4 + length) return;
    state.buffer = state.buffer.subarray(end + 4 + length);
    answered(state, head.startsWith('HTTP/1.1 200'));
    if (/connection: close/i.test(head)) return socket.destroy();
    const next = waiting.shift();
    if (next === undefined) free.push(state);
    else send(state, next);
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    open--;
    if (state.due !== undefined) counts.broken++;
    const at = free.indexOf(state);
    if (at >= 0) free.splice(at, 1);
  });
  return state;
}

function answered(state, isOk) {
  const took = performance.now() - state.due.at;
  state.due = undefined;
  if (!isOk) counts.refused++;
  else if (took > deadline) counts.late++;
  else counts.ok++;
  if (isOk) latencies.push(took);
}

function send(state, due) {
  state.due = due;
  state.socket.write(requests[due.target]);
}

// All connections stand before it begins: opening them is not what is measured.
for (let i = 0; i < connections; i++) free.push(openConnection());
await new Promise((resolve) => setTimeout(resolve, 500));

const start = performance.now() + 10;
const end = start + seconds * 1000;
// Targets are due in turn, so that they do not come at the same moment.
const next = targets.map(({ rate }, i) => start + (1000 / rate) * (i / targets.length));
const tick = () => {
  const now = performance.now();
  for (const [target, { rate }] of targets.entries()) {
    while (next[target] <= now && next[target] < end) {
      const due = { target, at: next[target] };
      next[target] += 1000 / rate;
      counts.due++;
      const state = free.shift() ?? (open < connections ? openConnection() : undefined);
      if (state !== undefined) send(state, due);
      else if (giveUp) counts.givenUp++;
      else waiting.push(due);
    }
  }
  if (now < end) setTimeout(tick, 1);
  else setTimeout(finish, 1500);
};
setTimeout(tick, 10);

function finish() {
  latencies.sort((a, b) => a - b);
  const at = (share) =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? null;
  const unanswered = counts.due - counts.ok - counts.late - counts.refused - counts.broken - counts.givenUp;
  process.stdout.write(
    JSON.stringify({
      ...counts,
      unanswered,
      seconds,
      p50: at(0.5),
      p99: at(0.99),
      p999: at(0.999),
      max: at(1),
    }),
    () => process.exit(0),
  );
}
