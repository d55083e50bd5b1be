import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/**
 * Runs a program to its end; gives its seconds, and the most memory that it and all that it started held at one moment.
 * Pages that processes share count for each of them.
 */
export async function measured(command, args, options) {
  const start = performance.now();
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (text) => {
    said += text;
  });
  child.stderr.on('data', (text) => {
    said += text;
  });
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, residentBytes(child.pid));
  }, 100);
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearInterval(timer);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${said}`);
  return { seconds: (performance.now() - start) / 1000, megabytes: peak / 1e6, said };
}

/** Of a process and all below it. */
function residentBytes(root) {
  const children = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // The name of the program stands in brackets, and may have blanks.
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      const parent = Number(fields[1]);
      const list = children.get(parent) ?? [];
      list.push({ pid: Number(name), bytes: Number(fields[21]) * 4096 });
      children.set(parent, list);
      if (Number(name) === root) children.set('root', Number(fields[21]) * 4096);
    } catch {
      // It has ended meanwhile.
    }
  }
  let sum = children.get('root') ?? 0;
  const open = [root];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    for (const child of children.get(pid) ?? []) {
      sum += child.bytes;
      open.push(child.pid);
    }
  }
  return sum;
}
