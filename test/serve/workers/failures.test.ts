import { describe, expect, it } from 'vitest';
import { cannotListen } from '../../../src/serve/workers/failures.ts';

describe('a server that cannot listen', () => {
  it.each([
    ['EADDRINUSE', '--port'],
    ['EACCES', '--port'],
    ['ENOTFOUND', '--host'],
    ['EAI_AGAIN', '--host'],
    ['EADDRNOTAVAIL', '--host'],
  ])('for %s says that %s is the setting to change', (code, setting) => {
    const { remedy } = cannotListen('here', 80, Object.assign(new Error(code), { code }));
    expect(remedy).toContain(`\`${setting}\``);
  });
});
