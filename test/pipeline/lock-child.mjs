// Takes a lock so often, and holds it for a moment: `node lock-child.mjs <folder> <times> <guard file>`. The guard file is
// made and removed while the lock is held, so that two holders at one time are seen.
import { closeSync, openSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeLock } from '../../dist/pipeline/run/lock.js';

const [folder, times, guard] = process.argv.slice(2);
for (let i = 0; i < Number(times); i++) {
  const lock = await takeLock({
    folder,
    now: Date.now,
    signal: new AbortController().signal,
    onWaiting: () => {},
  });
  closeSync(openSync(`${guard}.${process.pid}`, 'wx'));
  closeSync(openSync(guard, 'wx'));
  await sleep(2);
  rmSync(guard);
  rmSync(`${guard}.${process.pid}`);
  await lock[Symbol.asyncDispose]();
}
