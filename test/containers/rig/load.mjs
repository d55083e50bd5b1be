// Asks one question so often a second, whether or not the answers come, until its standard input ends; then writes what
// became of all requests as JSON. A process of its own, so that it does not wait for the tests, nor they for it.
import { Agent, request } from 'node:http';

const [url, perSecond, body] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 256 });
const outcome = { sent: 0, answered: 0, failures: {}, versions: {}, slowestMs: 0 };
let open = 0;

function fail(reason) {
  outcome.failures[reason] = (outcome.failures[reason] ?? 0) + 1;
}

function ask() {
  outcome.sent++;
  open++;
  const began = performance.now();
  let over = false;
  const done = (problem) => {
    if (over) return;
    over = true;
    open--;
    outcome.slowestMs = Math.max(outcome.slowestMs, performance.now() - began);
    if (problem === undefined) outcome.answered++;
    else fail(problem);
  };
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const call = request(url, { method: 'POST', agent, headers, timeout: 20_000 }, (answer) => {
    let text = '';
    answer.setEncoding('utf8').on('data', (part) => {
      text += part;
    });
    answer.on('error', (error) => done(`broke off: ${error.code}`));
    answer.on('end', () => {
      if (answer.statusCode !== 200) return done(`${answer.statusCode} ${text.slice(0, 120)}`);
      const { version } = JSON.parse(text);
      outcome.versions[version] = (outcome.versions[version] ?? 0) + 1;
      done();
    });
  });
  call.on('error', (error) => done(error.code ?? error.message));
  call.on('timeout', () => call.destroy(new Error('no answer for 20 s')));
  call.end(body);
}

const began = performance.now();
const timer = setInterval(() => {
  const due = Math.floor(((performance.now() - began) / 1000) * Number(perSecond));
  while (outcome.sent < due) ask();
}, 2);
process.stdin.resume();
process.stdin.on('end', () => {
  clearInterval(timer);
  const seconds = (performance.now() - began) / 1000;
  const waiting = setInterval(() => {
    if (open > 0) return;
    clearInterval(waiting);
    agent.destroy();
    process.stdout.write(`${JSON.stringify({ ...outcome, seconds })}\n`);
  }, 10);
});
