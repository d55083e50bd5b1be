// biome-ignore-all lint/suspicious/noTemplateCurlyInString: pipeline files and shells write them so
import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRig } from './rig.ts';

/** A pipeline of commands: name -> YAML of the step without its key. */
function commands(steps: Readonly<Record<string, string>>, params = '{}'): string {
  const lines = Object.entries(steps).map(([name, body]) => `  ${name}:\n${body.replace(/^/gm, '    ')}`);
  return `version: 1\nname: p\nparams: ${params}\nsteps:\n${lines.join('\n')}\n`;
}

const chain = commands(
  {
    a: 'run: cat in.txt > "$TRAINYARD_OUT/a.txt"; echo "hello $n"\ndeps: [in.txt]\nouts: { text: a.txt }\nenv: { n: "${{ params.n }}" }',
    b: 'needs: a\nrun: tr -d " " < "$TRAINYARD_IN_A_TEXT" > "$TRAINYARD_OUT/b.txt"\nouts: { text: b.txt }\nparams: []',
    c: 'needs: b\nrun: cp "$TRAINYARD_IN_B_TEXT" "$TRAINYARD_OUT/c.txt"\nouts: { text: c.txt }\nparams: []',
  },
  '{ n: 3 }',
);

describe('a run', () => {
  it('runs a chain of commands, and re-uses all of it the second time (T5)', async () => {
    await using rig = await openRig(chain, { 'in.txt': 'a b' });
    const first = await rig.run();
    expect(first.statuses).toEqual({ a: 'ran', b: 'ran', c: 'ran' });
    expect(first.lines('a')).toEqual(['hello 3']);
    expect(readFileSync(path.join(rig.root, '.trainyard/out/p/c/c.txt'), 'utf8')).toBe('ab');
    const second = await rig.run();
    expect(second.outcome.status).toBe('succeeded');
    expect(second.statuses).toEqual({ a: 'cached', b: 'cached', c: 'cached' });
    expect(second.outcome.steps[2]?.log).toEqual(first.outcome.steps[2]?.log);
    expect(await readdir(path.join(rig.root, '.trainyard/work'))).toEqual([]);
  });

  it('stops the wave where an output comes out as before', async () => {
    await using rig = await openRig(chain, { 'in.txt': 'a b' });
    await rig.run();
    await rig.write({ 'in.txt': 'a  b' });
    const { statuses } = await rig.run();
    expect(statuses).toEqual({ a: 'ran', b: 'ran', c: 'cached' });
  });

  it('re-runs only what sees the param that changed', async () => {
    await using rig = await openRig(chain, { 'in.txt': 'a b' });
    await rig.run();
    const { statuses } = await rig.run({ plan: { params: { n: '4' } } });
    expect(statuses).toEqual({ a: 'ran', b: 'cached', c: 'cached' });
  });

  it('runs independent steps at the same time, up to the number of jobs', async () => {
    const wait =
      'run: |\n  touch "$shared/$TRAINYARD_STEP"\n  for i in $(seq 100); do [ $(ls "$shared" | wc -l) -ge 2 ] && exit 0; sleep 0.05; done\n  exit 1\nenv: { shared: "${{ env.SHARED }}" }';
    await using rig = await openRig(commands({ a: wait, b: wait }));
    const env = { PATH: process.env['PATH'], SHARED: path.join(rig.root, 'pipelines') };
    const { outcome } = await rig.run({ env, plan: { env } });
    expect(outcome.status).toBe('succeeded');
  });

  it('goes on with what is independent of a failure, and skips what needs it', async () => {
    await using rig = await openRig(
      commands({
        bad: 'run: echo before; exit 7',
        after: 'needs: bad\nrun: echo never',
        rescue: "needs: bad\nif: failure()\nrun: echo 'to the rescue'",
        always: 'needs: after\nif: always()\nrun: echo done',
        other: 'run: echo fine',
      }),
    );
    const run = await rig.run();
    expect(run.outcome.status).toBe('failed');
    expect(run.statuses).toEqual({
      bad: 'failed',
      after: 'skipped',
      rescue: 'ran',
      always: 'ran',
      other: 'ran',
    });
    const [bad, after] = run.outcome.steps;
    expect(bad?.failure).toMatchObject({ code: 'pipeline-command-failed', kind: 'world' });
    expect(bad?.failure?.message).toContain('exit code 7');
    expect(after?.because).toBe('it needs bad, which failed');
  });

  it('goes on after a step that may fail, and hands over what there is', async () => {
    await using rig = await openRig(
      commands({
        maybe: 'run: exit 1\ncontinue-on-error: true\nouts: { x: x.txt }',
        next: 'needs: maybe\nrun: echo "${TRAINYARD_IN_MAYBE_X:-nothing}"',
      }),
    );
    const run = await rig.run();
    expect(run.outcome.status).toBe('succeeded');
    expect(run.statuses).toEqual({ maybe: 'failed', next: 'ran' });
    expect(run.lines('next')).toEqual(['nothing']);
  });

  it('evaluates conditions on params before, and on metrics after their needs have run', async () => {
    const pipeline = commands(
      {
        off: 'if: params.n > 5\nrun: echo no',
        follower: 'needs: off\nrun: echo no',
        measure:
          'run: echo "{\\"auc\\":0.$n}" > "$TRAINYARD_OUT/m.json"\nouts: { metrics: m.json }\nenv: { n: "${{ params.n }}" }',
        good: 'needs: measure\nif: steps.measure.metrics.auc > 0.25\nrun: echo "auc ${{ steps.measure.metrics.auc }}"',
        bad: 'needs: measure\nif: steps.measure.metrics.auc < 0.25\nrun: echo bad',
      },
      '{ n: 3 }',
    );
    await using rig = await openRig(pipeline);
    const run = await rig.run();
    expect(run.statuses).toEqual({
      off: 'skipped',
      follower: 'skipped',
      measure: 'ran',
      good: 'ran',
      bad: 'skipped',
    });
    expect(run.lines('good')).toEqual(['auc 0.3']);
    expect((await rig.run()).statuses).toMatchObject({ measure: 'cached', good: 'cached' });
  });

  it('makes one instance of a step for each combination, and tells them apart', async () => {
    await using rig = await openRig(
      commands({
        m: 'matrix: { a: [x, y], n: [1, 2] }\nrun: printf "%s" "$TRAINYARD_MATRIX" > "$TRAINYARD_OUT/o"\nouts: { o: o }',
        all: 'needs: m\nrun: cat "$TRAINYARD_IN_M_Y_2_O"; echo; echo "$TRAINYARD_INPUTS" | tr "," "\\n" | wc -l | tr -d " "',
      }),
    );
    const run = await rig.run();
    expect(Object.keys(run.statuses)).toEqual(['m[x, 1]', 'm[x, 2]', 'm[y, 1]', 'm[y, 2]', 'all']);
    expect(run.lines('all')).toEqual(['{"a":"y","n":2}', '8']);
  });

  it('tries again as often as it may, with growing pauses', async () => {
    await using rig = await openRig(
      commands({
        flaky:
          'run: |\n  echo x >> "$shared/tries"\n  [ $(wc -l < "$shared/tries") -ge 3 ]\nretry: 5\nenv: { shared: "${{ env.SHARED }}" }',
      }),
    );
    const env = { PATH: process.env['PATH'], SHARED: rig.root };
    const run = await rig.run({ env, plan: { env }, backOffMilliseconds: 20 });
    expect(run.statuses).toEqual({ flaky: 'ran' });
    expect(run.outcome.steps[0]?.attempts).toBe(3);
    const pauses = run.events.flatMap((event) => (event.kind === 'retrying' ? [event.afterSeconds] : []));
    expect(pauses).toHaveLength(2);
    expect(pauses[0]).toBeGreaterThanOrEqual(0.01);
    expect(pauses[1]).toBeGreaterThanOrEqual(0.02);
    const again = await (await openRig(commands({ bad: 'run: exit 1\nretry: 2' }))).run();
    expect(again.outcome.steps[0]).toMatchObject({ status: 'failed', attempts: 3 });
  });
});

describe('a step that takes too long, or a run that is cancelled', () => {
  const stubborn =
    'run: |\n  trap "" TERM\n  (trap "" TERM; sleep 60; true) &\n  echo $! > "$shared/pid"\n  sleep 60';

  it('ends with everything that it has started, even what ignores SIGTERM', async () => {
    await using rig = await openRig(
      commands({ slow: `${stubborn}\ntimeout-minutes: 0.01\nenv: { shared: "\${{ env.SHARED }}" }` }),
    );
    const env = { PATH: process.env['PATH'], SHARED: rig.root };
    const run = await rig.run({ env, plan: { env } });
    expect(run.outcome.steps[0]?.failure).toMatchObject({ code: 'pipeline-step-timeout' });
    const pid = Number(readFileSync(path.join(rig.root, 'pid'), 'utf8'));
    expect(isRunning(pid)).toBe(false);
    expect(run.outcome.seconds).toBeLessThan(10);
  });

  it('is cancelled cleanly: what runs is killed, what has not started is cancelled, nothing is half-written', async () => {
    const controller = new AbortController();
    await using rig = await openRig(
      commands({
        done: 'run: echo 1 > "$TRAINYARD_OUT/x"\nouts: { x: x }',
        slow: 'needs: done\nrun: echo half > "$TRAINYARD_OUT/y"; sleep 60\nouts: { y: y }',
        later: 'needs: slow\nrun: echo never',
      }),
    );
    const run = await rig.run({
      signal: controller.signal,
      listener: (event) => {
        if (event.kind === 'started' && event.step === 'slow') setTimeout(() => controller.abort(), 100);
      },
    });
    expect(run.outcome.status).toBe('cancelled');
    expect(run.statuses).toEqual({ done: 'ran', slow: 'cancelled', later: 'cancelled' });
    expect(await readdir(path.join(rig.root, '.trainyard/work'))).toEqual([]);
    expect(existsSync(path.join(rig.root, '.trainyard/out/p/slow'))).toBe(false);
  });

  it('does not wait for what a finished command left in the background', async () => {
    await using rig = await openRig(
      commands({ daemon: 'run: sleep 60 & echo $! > "$TRAINYARD_OUT/pid"\nouts: { pid: pid }' }),
    );
    const run = await rig.run();
    expect(run.statuses).toEqual({ daemon: 'ran' });
    expect(run.outcome.seconds).toBeLessThan(10);
    const left = Number(readFileSync(path.join(rig.root, '.trainyard/out/p/daemon/pid'), 'utf8'));
    // Killed, which the kernel does in its own time; by itself it would go on for a minute.
    await expect.poll(() => isRunning(left), { timeout: 10_000 }).toBe(false);
  });
});

/** A zombie whose parent has not asked for it yet does not run. */
function isRunning(pid: number): boolean {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/\) [ZX] /.test(fields);
  } catch {
    return false;
  }
}

describe('a command', () => {
  it('gets the variables of the contract and of its own, and nothing else of the environment (P5)', async () => {
    await using rig = await openRig(
      commands(
        {
          show: 'run: env | cut -d= -f1 | sort\nenv: { MINE: "1" }\nsecrets: [MY_TOKEN]',
          params:
            'run: printf "%s\\n" "$TRAINYARD_PARAMS" "$TRAINYARD_STEP" "$TRAINYARD_PIPELINE"; pwd; [ -z "$(ls "$TRAINYARD_OUT")" ]\nparams: [n]',
        },
        '{ n: 3, other: x }',
      ),
    );
    const env = {
      PATH: process.env['PATH'],
      HOME: '/h',
      LC_ALL: 'C',
      AWS_SECRET_ACCESS_KEY: 'k',
      MY_TOKEN: 'hush-hush',
    };
    const run = await rig.run({ env, plan: { env } });
    const shown = run.lines('show').filter((name) => !['_', 'PWD', 'SHLVL', 'OLDPWD'].includes(name));
    expect(shown).toEqual(
      [
        ...[
          'HOME',
          'LC_ALL',
          'MINE',
          'MY_TOKEN',
          'ORT_DISABLE_TELEMETRY',
          'PATH',
          'PYTHONUNBUFFERED',
          'TMPDIR',
        ],
        ...['INPUTS', 'MATRIX', 'OUT', 'PARAMS', 'PIPELINE', 'ROOT', 'STEP', 'THREADS'].map(
          (name) => `TRAINYARD_${name}`,
        ),
      ].sort(),
    );
    expect(run.lines('params')).toEqual(['{"n":3}', 'params', 'p', path.join(rig.root, 'pipelines/p')]);
  });

  it('reads nothing of the start files of the shell, and an empty standard input', async () => {
    await using rig = await openRig(commands({ s: 'run: cat; echo clean' }), {
      '.bashrc': 'echo dirty',
      '.profile': 'echo dirty',
    });
    const env = { PATH: process.env['PATH'], HOME: path.join(rig.root, 'pipelines/p') };
    expect((await rig.run({ env, plan: { env } })).lines('s')).toEqual(['clean']);
  });

  it('fails at the first command that fails, in a pipe too', async () => {
    await using rig = await openRig(commands({ e: 'run: |\n  false\n  echo no', pipe: 'run: false | cat' }));
    const run = await rig.run();
    expect(run.statuses).toEqual({ e: 'failed', pipe: 'failed' });
    expect(run.lines('e')).toEqual([]);
  });

  it('cannot harm the store by writing to its inputs', async () => {
    await using rig = await openRig(
      commands({
        a: 'run: echo sound > "$TRAINYARD_OUT/x"\nouts: { x: x }',
        b: 'needs: a\nrun: echo broken > "$TRAINYARD_IN_A_X"',
        c: 'needs: [a, b]\nrun: cat "$TRAINYARD_IN_A_X"',
      }),
    );
    expect((await rig.run()).lines('c')).toEqual(['sound']);
  });

  it.each([
    [
      'was not written',
      'echo 1 > "$TRAINYARD_OUT/modle.onnx"',
      'model: model.onnx',
      'pipeline-out-missing',
      'Did you mean `modle.onnx`',
    ],
    [
      'is a link to elsewhere',
      'ln -s /etc/hostname "$TRAINYARD_OUT/x"',
      'x: x',
      'pipeline-out-outside',
      'Copy',
    ],
    [
      'is in a linked folder',
      'rmdir "$TRAINYARD_OUT/d" && ln -s /etc "$TRAINYARD_OUT/d"',
      'x: d/hostname',
      'pipeline-out-outside',
      'Copy',
    ],
    ['is a folder', 'mkdir "$TRAINYARD_OUT/x"', 'x: x', 'pipeline-out-not-a-file', 'archive'],
    ['is a named pipe', 'mkfifo "$TRAINYARD_OUT/x"', 'x: x', 'pipeline-out-not-a-file', 'archive'],
    ['is a model that is none', 'echo 1 > "$TRAINYARD_OUT/x"', 'model: x', 'pipeline-model-not-onnx', ''],
    [
      'is metrics that are no JSON',
      'echo "{\\"a\\": NaN}" > "$TRAINYARD_OUT/x"',
      'metrics: x',
      'pipeline-metrics-invalid',
      'NaN',
    ],
  ])('fails when an output %s', async (_, run, outs, code, remedy) => {
    await using rig = await openRig(commands({ s: `run: |\n  ${run}\nouts: { ${outs} }` }));
    const { outcome } = await rig.run();
    expect(outcome.steps[0]).toMatchObject({ status: 'failed', failure: { code } });
    expect(outcome.steps[0]?.failure?.remedy).toContain(remedy);
  });

  it('says what is missing when there is no bash', async () => {
    await using rig = await openRig(commands({ s: 'run: echo 1' }));
    const { outcome } = await rig.run({ env: { PATH: '/nowhere' } });
    expect(outcome.steps[0]?.failure?.code).toBe('pipeline-bash-missing');
  });

  it('is not re-used when a file that it declares changed while it ran', async () => {
    await using rig = await openRig(
      commands({
        s: 'run: cat in.txt > "$TRAINYARD_OUT/x"; echo new > in.txt\ndeps: [in.txt]\nouts: { x: x }',
      }),
      { 'in.txt': 'old' },
    );
    const run = await rig.run();
    expect(run.statuses).toEqual({ s: 'ran' });
    expect(run.lines('s')).toEqual(['in.txt changed while the step ran: it will run again next time']);
    await rig.write({ 'in.txt': 'old' });
    expect((await rig.run()).statuses).toEqual({ s: 'ran' });
  });
});

describe('output of steps', () => {
  it('hides secrets in events, logs and failures, whole, in base64, and across lines (P5)', async () => {
    const secret = 'tok-4f9a8b7c6d';
    await using rig = await openRig(
      commands({
        leak: 'run: |\n  printf "%s" "${TOKEN:0:5}"; sleep 0.7; echo "${TOKEN:5}"\n  echo "a $TOKEN b" >&2\n  echo "x$TOKEN" | base64\n  echo "$KEY"\nsecrets: [TOKEN, KEY]',
      }),
    );
    const env = { PATH: process.env['PATH'], TOKEN: secret, KEY: '-----BEGIN-----\nabcdefgh\n-----END-----' };
    const run = await rig.run({ env, plan: { env } });
    const everything = JSON.stringify(
      run.events.filter((event) => event.kind !== 'planned' && event.kind !== 'finished'),
    );
    expect(everything).not.toContain(secret);
    expect(everything).not.toContain(secret.slice(0, 5));
    expect(everything).not.toContain('abcdefgh');
    expect(everything).not.toContain(Buffer.from(secret).toString('base64').slice(2, 12));
    expect(run.lines('leak')).toContain('a *** b');
    const store = await rig.store();
    for (const step of run.outcome.steps) {
      const log = await store.read(step.log!.digest);
      expect(log.ok && Buffer.from(log.value).toString('utf8')).not.toContain(secret);
    }
  });

  it('comes while the step runs, with unfinished lines, and is kept as its log', async () => {
    await using rig = await openRig(
      commands({ s: 'run: printf "Working"; sleep 1.2; echo " done"; printf last' }),
    );
    const run = await rig.run();
    expect(run.lines('s')).toEqual(['Working', ' done', 'last']);
    const log = await (await rig.store()).read(run.outcome.steps[0]!.log!.digest);
    expect(log.ok && Buffer.from(log.value).toString('utf8')).toBe('Working\n done\nlast\n');
  });
});
