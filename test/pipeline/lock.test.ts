import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/pipeline/index.ts';
import type { Lock } from '../../src/pipeline/run/lock.ts';
import { takeLock } from '../../src/pipeline/run/lock.ts';
import { identityOf, stateOf } from '../../src/pipeline/run/owner.ts';
import { openRig } from './rig.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'trainyard-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const never = new AbortController().signal;
const take = (signal: AbortSignal = never, waits: number[] = []): Promise<Lock | undefined> =>
  takeLock({ folder, now: Date.now, signal, onWaiting: (pid) => waits.push(pid) });

function writeHolder(holder: object): void {
  const file = path.join(folder, '7.json');
  writeFileSync(
    file,
    JSON.stringify({ version: 1, since: '2026-01-01T00:00:00.000Z', released: false, ...holder }),
  );
}

describe('the lock of a pipeline', () => {
  it('makes a second run wait, tells it for whom, and lets it go on after', async () => {
    const first = (await take())!;
    const waits: number[] = [];
    const second = take(never, waits);
    await sleep(50);
    expect(waits).toEqual([process.pid]);
    await first[Symbol.asyncDispose]();
    const lock = (await second)!;
    expect(lock.inherited).toBe(false);
    await lock[Symbol.asyncDispose]();
  });

  it('is given up when the waiting is cancelled', async () => {
    await using _ = await take();
    const controller = new AbortController();
    const second = take(controller.signal);
    controller.abort();
    expect(await second).toBeUndefined();
  });

  it('is taken over from a process that is dead, or whose number another process has now', async () => {
    const own = identityOf(process.pid);
    for (const owner of [
      { ...own, pid: 999_999_999 },
      { ...own, started: `${Number(own.started) - 1}` },
    ]) {
      writeHolder({ owner });
      const lock = (await take())!;
      expect(lock.inherited).toBe(true);
      await lock[Symbol.asyncDispose]();
      for (const name of readdirSync(folder)) rmSync(path.join(folder, name));
    }
  });

  it('of another machine counts until it has been silent for a minute', async () => {
    writeHolder({ owner: { pid: 1, started: '1', place: 'elsewhere' } });
    const controller = new AbortController();
    const waiting = take(controller.signal);
    await sleep(50);
    controller.abort();
    expect(await waiting).toBeUndefined();
    const past = Date.now() / 1000 - 120;
    utimesSync(path.join(folder, '7.json'), past, past);
    await using lock = await take();
    expect(lock?.inherited).toBe(true);
  });

  it('survives a file that is damaged', async () => {
    writeFileSync(path.join(folder, '3.json'), '{"version": 1, "own');
    await using lock = await take();
    expect(lock?.inherited).toBe(true);
  });

  it('is held by one of many processes at a time, though some of them are killed', async () => {
    const guard = path.join(folder, 'guard');
    const locks = path.join(folder, 'locks');
    const script = fileURLToPath(new URL('lock-child.mjs', import.meta.url));
    const errors: string[] = [];
    const start = (): Promise<unknown> => {
      const child = spawn(process.execPath, [script, locks, '15', guard], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      child.stderr.on('data', (text) => errors.push(String(text)));
      return once(child, 'exit');
    };
    // One that takes the lock and dies with it, without the guard.
    const victim = spawn(process.execPath, [script, locks, '100000', `${guard}-of-victim`], {
      stdio: 'ignore',
    });
    const others = [start(), start(), start()];
    await sleep(400);
    victim.kill('SIGKILL');
    await Promise.all(others);
    expect(errors).toEqual([]);
  });

  it('keeps two runs of one pipeline apart, and the second re-uses what the first has done', async () => {
    // The one that runs first ends when the other one waits for it.
    await using rig = await openRig(
      'version: 1\nname: p\nsteps:\n  s: { run: "for i in $(seq 600); do [ -e go ] && break; sleep 0.05; done; echo 1 > $TRAINYARD_OUT/x", outs: { x: x } }\n',
    );
    const listener = (event: RunEvent): void => {
      if (event.kind === 'waiting') writeFileSync(path.join(rig.root, 'pipelines/p/go'), '');
    };
    const [first, second] = await Promise.all([rig.run({ listener }), rig.run({ listener })]);
    expect([first.statuses['s'], second.statuses['s']].sort()).toEqual(['cached', 'ran']);
    const waiting = [...first.events, ...second.events].filter((event) => event.kind === 'waiting');
    expect(waiting).toMatchObject([{ forProcess: process.pid }]);
  });
});

describe('the identity of a process', () => {
  it('tells the living from the dead', async () => {
    const child = spawn('sleep', ['30']);
    const identity = identityOf(child.pid!);
    expect(stateOf(identity)).toBe('alive');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(stateOf(identity)).toBe('dead');
    expect(stateOf({ ...identity, place: 'elsewhere' })).toBe('unknown');
  });
});
