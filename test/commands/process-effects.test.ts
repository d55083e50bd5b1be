import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

describe('the effects of a process', () => {
  it('give way to others, also a second time', () => {
    const program = `
      import { getPriority } from 'node:os';
      import { processEffects } from './dist/commands/index.js';
      const { giveWay } = processEffects({ cwd: '/', env: {}, signal: new AbortController().signal });
      const before = getPriority();
      giveWay();
      giveWay();
      console.log(getPriority() > before);
    `;
    const args = ['--input-type=module', '--eval', program];
    expect(execFileSync(process.execPath, args, { encoding: 'utf8' })).toBe('true\n');
  });
});
