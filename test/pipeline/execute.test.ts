import { describe, expect, it } from 'vitest';
import { openRig } from './rig.ts';

describe('a run', () => {
  it('runs a chain of commands, and re-uses all of it the second time', async () => {
    await using rig = await openRig(`
version: 1
name: p
params: { n: 3 }
steps:
  a:
    run: cat in.txt > "$TRAINYARD_OUT/a.txt"; echo "hello $n"
    deps: [in.txt]
    outs: { text: a.txt }
    env: { n: "\${{ params.n }}" }
  b:
    needs: a
    run: wc -c < "$TRAINYARD_IN_A_TEXT" > "$TRAINYARD_OUT/b.txt"
    outs: { count: b.txt }
`, { 'in.txt': 'abc' });
    const first = await rig.run();
    expect(first.statuses).toEqual({ a: 'ran', b: 'ran' });
    expect(first.lines('a')).toEqual(['hello 3']);
    const second = await rig.run();
    expect(second.statuses).toEqual({ a: 'cached', b: 'cached' });
  });
});
