import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A port that is free now. */
export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Starts a server and waits until it answers a request with 200. */
export async function startServer({ command, args, env = {}, cwd, url, body, headers }) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own, so that what it started ends with it.
    detached: true,
  });
  let said = '';
  const hear = (part) => {
    said = (said + part).slice(-4000);
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  let ended = false;
  const exit = new Promise((resolve) =>
    child.once('exit', () => {
      ended = true;
      resolve();
    }),
  );
  const server = {
    pid: child.pid,
    child,
    cpu: () => cpuOf(child.pid),
    cpuOfFirstThread: () => cpuOfFirstThread(child.pid),
    memory: () => memoryOf(child.pid),
    async stop() {
      if (!ended) process.kill(-child.pid, 'SIGTERM');
      const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), 8000);
      await exit;
      clearTimeout(timer);
    },
  };
  for (let tries = 0; tries < 600; tries++) {
    if (ended) throw new Error(`${command} ended:\n${said}`);
    const answer = await fetch(url, { method: 'POST', body, headers }).catch(() => undefined);
    if (answer?.status === 200) return { ...server, answer: await answer.text() };
    if (answer !== undefined) hear(`${answer.status} ${await answer.text()}\n`);
    await pause(100);
  }
  await server.stop();
  throw new Error(`${command} does not answer:\n${said}`);
}

/** Microseconds of CPU that a process and its descendants have used. */
function cpuOf(pid) {
  return sumOf(pid, microseconds, 'stat');
}

/** Of the first thread of a process alone: in a server of Node, the one that answers. */
function cpuOfFirstThread(pid) {
  return microseconds(readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8'));
}

/** utime and stime, in hundredths of a second. */
function microseconds(stat) {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** Bytes that they hold in memory. */
function memoryOf(pid) {
  return sumOf(pid, (text) => Number(/VmRSS:\s+(\d+)/.exec(text)?.[1] ?? 0) * 1024, 'status');
}

function sumOf(pid, read, file) {
  try {
    const own = read(readFileSync(`/proc/${pid}/${file}`, 'utf8'));
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    return children.reduce((sum, child) => sum + sumOf(Number(child), read, file), own);
  } catch {
    return 0;
  }
}
