import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** wrk of Debian, which costs least; else autocannon, which every clone has. */
export const generator = spawnSync('wrk', ['-v']).error === undefined ? 'wrk' : 'autocannon';

/**
 * Asks as fast as answers come, over so many connections. Requests, those that were not answered with 2xx, requests per
 * second, and milliseconds.
 */
export async function closedLoop({ url, body, connections, seconds }) {
  return generator === 'wrk'
    ? await withWrk({ url, body, connections, seconds })
    : await withAutocannon({ url, body, connections, seconds });
}

async function withWrk({ url, body, connections, seconds }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-bench-'));
  try {
    const script = path.join(folder, 'post.lua');
    writeFileSync(
      script,
      `wrk.method = "POST"
wrk.body = [==[${body}]==]
wrk.headers["content-type"] = "application/json"
done = function(summary, latency)
  local errors = summary.errors
  print("RESULT " .. summary.requests .. " " .. errors.status .. " "
    .. (errors.connect + errors.read + errors.write + errors.timeout) .. " " .. summary.duration .. " "
    .. latency:percentile(50) .. " " .. latency:percentile(99))
end
`,
    );
    const { stdout } = await run('wrk', [
      '-t1',
      '--timeout',
      '30s',
      `-c${connections}`,
      `-d${seconds}s`,
      '-s',
      script,
      url,
    ]);
    const [requests, refused, broken, duration, p50, p99] = /RESULT (.*)/
      .exec(stdout)[1]
      .split(' ')
      .map(Number);
    return resultOf({
      requests,
      failed: refused + broken,
      broken,
      seconds: duration / 1e6,
      p50: p50 / 1000,
      p99: p99 / 1000,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function withAutocannon({ url, body, connections, seconds }) {
  const main = createRequire(import.meta.url).resolve('autocannon');
  const args = [
    '-c',
    connections,
    '-d',
    seconds,
    '-m',
    'POST',
    '-H',
    'content-type=application/json',
    '-b',
    body,
    '-j',
    url,
  ];
  const { stdout } = await run(process.execPath, [main, ...args.map(String)], { maxBuffer: 1e8 });
  const { requests, non2xx, errors, duration, latency } = JSON.parse(stdout);
  return resultOf({
    requests: requests.total,
    failed: non2xx + errors,
    broken: errors,
    seconds: duration,
    p50: latency.p50,
    p99: latency.p99,
  });
}

function resultOf(result) {
  return { ...result, rate: result.requests / result.seconds };
}

/** Asks at fixed times, whether answers come or not, from a process of its own: see open-loop.mjs. */
export function openLoop(options) {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./open-loop.mjs', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify(options));
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (part) => {
      text += part;
    });
    child.once('exit', (code) =>
      code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`the load ended with ${code}`)),
    );
  });
}
