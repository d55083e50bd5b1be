import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/base/index.ts';
import type { Outcome } from '../../src/pipeline/index.ts';
import type { Rig } from './rig.ts';
import { openRig } from './rig.ts';

const pipeline = `
version: 1
name: p
steps:
  a:
    run: echo $$ >> pids; cat in.txt > "$TRAINYARD_OUT/a"; head -c 300000 /dev/zero | tr '\\0' x >> "$TRAINYARD_OUT/a"
    deps: [in.txt]
    outs: { a: a }
  b:
    needs: a
    matrix: { n: [1, 2, 3] }
    run: echo $$ >> pids; (cat "$TRAINYARD_IN_A_A"; echo "$TRAINYARD_MATRIX") > "$TRAINYARD_OUT/b"; sleep 0.02
    outs: { b: b }
  c:
    needs: b
    run: echo $$ >> pids; cat $TRAINYARD_IN_B_1_B $TRAINYARD_IN_B_2_B $TRAINYARD_IN_B_3_B | sha256sum > "$TRAINYARD_OUT/c"
    outs: { c: c }
  d:
    needs: [a, c]
    run: echo $$ >> pids; cat $TRAINYARD_IN_A_A $TRAINYARD_IN_C_C > "$TRAINYARD_OUT/d"; echo said
    outs: { d: d }
`;

const kills = 50;
const killsPerInput = 5;

describe('kill -9', () => {
  it(`at ${kills} random points leaves a store and a cache that the next run uses as they are`, async () => {
    await using rig = await openRig(pipeline);
    await using undisturbed = await openRig(pipeline);
    const random = seededRandom(20_261_121);
    let killed = 0;
    // The first runs tell how long there is something to kill.
    let longest = 300;
    for (let input = 0; killed < kills; input++) {
      await rig.write({ 'in.txt': `input ${input}` });
      for (let i = 0; i < killsPerInput && killed < kills; i++) {
        if (await killAfter(rig, random() * longest)) killed++;
        else longest = Math.max(60, longest * 0.9);
      }
      const finished = await rig.run();
      expect(finished.outcome.status).toBe('succeeded');
      await undisturbed.write({ 'in.txt': `input ${input}` });
      expect(digestsOf(finished.outcome)).toEqual(digestsOf((await undisturbed.run()).outcome));
      // A run that was killed while it made its folder leaves an empty one, which goes a minute later.
      const left = readdirSync(path.join(rig.root, '.trainyard/work')).filter(
        (name) => !name.startsWith('draft-'),
      );
      expect(left).toEqual([]);
    }
    const again = await rig.run();
    expect(new Set(Object.values(again.statuses))).toEqual(new Set(['cached']));
    expect(again.events.filter((event) => event.kind === 'corrupted')).toEqual([]);
    const pids = readFileSync(path.join(rig.root, 'pipelines/p/pids'), 'utf8').trim().split('\n');
    expect(pids.filter(isRunning)).toEqual([]);
  }, 120_000);

  it('takes what the run had started with it', async () => {
    await using rig = await openRig(`
version: 1
name: p
steps:
  s: { run: "echo $$ > pids; trap '' TERM; sleep 60 & wait" }
`);
    const child = start(rig);
    const pids = path.join(rig.root, 'pipelines/p/pids');
    await until(() => readText(pids) !== '');
    child.kill('SIGKILL');
    await until(() => !isRunning(readText(pids).trim()));
  });
});

describe('Ctrl-C', () => {
  it('ends a run and what it has started, and the next run goes on from there', async () => {
    await using rig = await openRig(`
version: 1
name: p
steps:
  fast: { run: 'echo 1 > "$TRAINYARD_OUT/x"', outs: { x: x } }
  slow: { needs: fast, run: "if [ -e pids ]; then exit 0; fi; echo $$ > pids; sleep 60", deps: [pipeline.yaml] }
`);
    const child = start(rig);
    let said = '';
    child.stdout?.on('data', (text) => {
      said += String(text);
    });
    const pids = path.join(rig.root, 'pipelines/p/pids');
    await until(() => readText(pids) !== '');
    child.kill('SIGINT');
    await once(child, 'exit');
    expect(said.trim().split('\n').at(-1)).toBe('cancelled');
    expect(isRunning(readText(pids).trim())).toBe(false);
    expect((await rig.run()).statuses).toEqual({ fast: 'cached', slow: 'ran' });
  });
});

function start(rig: Rig): ChildProcess {
  const script = fileURLToPath(new URL('run-child.mjs', import.meta.url));
  return spawn(process.execPath, [script, rig.root], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Whether the run was still going on. */
async function killAfter(rig: Rig, milliseconds: number): Promise<boolean> {
  const child = start(rig);
  const exit = once(child, 'exit');
  await Promise.race([once(child.stdout!, 'data'), exit]);
  await sleep(milliseconds);
  child.kill('SIGKILL');
  const [, signal] = (await exit) as [number | null, string | null];
  return signal === 'SIGKILL';
}

function digestsOf(outcome: Outcome): Readonly<Record<string, string>> {
  return Object.fromEntries(
    outcome.steps.flatMap((step) =>
      step.outputs.map((output) => [`${step.id}/${output.name}`, output.digest]),
    ),
  );
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function isRunning(pid: string): boolean {
  const stat = readText(`/proc/${pid}/stat`);
  return stat !== '' && !/\) [ZX] /.test(stat);
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !condition(); i++) await sleep(20);
  expect(condition()).toBe(true);
}
