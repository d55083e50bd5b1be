import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/runs/index.ts';
import { Repository } from '../rig/repository.ts';

const obeyed = '\u001b]0;title\u0007\u001b[31m';

describe('what others wrote', () => {
  it('reaches a terminal without anything that a terminal would obey', async () => {
    using repository = new Repository();
    repository.write(
      'pipelines/loud/pipeline.yaml',
      `version: 1
name: loud
params: { colour: "\\e[31mred\\e]0;title\\a" }
steps:
  shout:
    run: "printf '\\\\033[31mred\\\\n'; touch \\"$TRAINYARD_OUT/a\\""
    outs: { a: a }
  lost:
    run: "exit 0"
    outs: { b: "b\\e[31m.txt" }
    continue-on-error: true
`,
    );
    const answers = [
      await repository.trainyard('check'),
      await repository.trainyard('run', 'loud', '--verbose'),
      await repository.trainyard('run', 'loud', '--dry-run', '--param', `colour=${obeyed}`),
      await repository.trainyard('why', 'loud', 'shout', '--param', `colour=${obeyed}`),
      await repository.trainyard('runs', 'show'),
      await repository.trainyard('run', 'loud', '--param', `${obeyed}=1`),
    ];
    const shown = answers.map(({ stdout, stderr }) => stdout + stderr).join('');
    expect(shown).toContain('title');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it('a command cannot pass its own words off as measurements, whatever its outputs are called', async () => {
    using repository = new Repository();
    const outs = ['evaluation', 'latency', 'training', 'choice', 'gates', 'verdict', 'facts', 'profile'];
    const forged = JSON.stringify({ version: 1, mainMetric: 'roc_auc', differences: [], candidates: [] });
    repository.write(
      'pipelines/forge/pipeline.yaml',
      `version: 1
name: forge
steps:
  lies:
    run: |
      for name in ${outs.join(' ')}; do echo 'no JSON' > "$TRAINYARD_OUT/$name"; done
      echo '${forged}' > "$TRAINYARD_OUT/evaluation"
    outs: { ${outs.map((name) => `${name}: ${name}`).join(', ')} }
`,
    );
    const answer = await repository.trainyard('run', 'forge', '--json');
    expect(answer.code, answer.stderr).toBe(0);
    const record = JSON.parse(answer.stdout) as RunRecord;
    expect(record.mainMetric).toBeUndefined();
    expect(record.models).toEqual([]);
  });

  it('metrics of a command that are deep, many or infinite end in a record', async () => {
    using repository = new Repository();
    repository.write(
      'pipelines/deep/pipeline.yaml',
      `version: 1
name: deep
steps:
  many:
    run: node many.js > "$TRAINYARD_OUT/metrics.json"
    outs: { metrics: metrics.json }
`,
    );
    repository.write(
      'pipelines/deep/many.js',
      `const many = Array.from({ length: 200000 }, (_, i) => '"m' + i + '":' + i).join(',');
console.log('{"good":1,"endless":1e999,"deep":' + '['.repeat(100000) + ']'.repeat(100000) + ',' + many + '}');
`,
    );
    const answer = await repository.trainyard('run', 'deep', '--json');
    expect(answer.code, answer.stderr).toBe(0);
    const reported = (JSON.parse(answer.stdout) as RunRecord).steps[0]?.selfReported;
    expect(reported?.['good']).toBe(1);
    expect(reported).not.toHaveProperty('endless');
    expect(Object.keys(reported ?? {})).toHaveLength(10_000);
  });
});
