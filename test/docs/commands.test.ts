import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isWalk, pages } from './rig/page.ts';
import { play, playsOf } from './rig/play-page.ts';
import { Projects } from './rig/projects.ts';
import { missingIn } from './rig/shown-output.ts';

let projects: Projects;
beforeAll(() => {
  projects = new Projects();
});
afterAll(() => projects[Symbol.dispose](), 60_000);

describe('commands of the documentation', () => {
  it.each(playsOf(pages().filter((page) => !isWalk(page))))(
    'S2: %s works as it is written, from top to bottom',
    async (_, blocks) => await play(projects, blocks),
    // Whichever comes first also makes the project, with two trainings.
    600_000,
  );

  it('are compared with what the page shows, but for ids, digests and numbers', () => {
    const real = 'run 20261121-045839-2f8bbb18, 9 steps\n\n  ✓ roc_auc 0.9369 is at least 0.85\nat d8a459b\n';
    const missing = (...shown: string[]): readonly string[] => missingIn(real, shown);
    expect(missing('run 20250101-000000-aaaaaaaa, 8 steps', '…', 'at 0123abc')).toEqual([]);
    // One of a thousand short ids of commits has no digit.
    expect(missingIn('at bdadfcc', ['at 0123abc'])).toEqual([]);
    expect(missing('✓ roc_auc 0.1 is at …')).toEqual([]);
    expect(missing('✗ roc_auc 0.9369 is at least 0.85')).toHaveLength(1);
    expect(missing('at d8a459b', 'run 20261121-045839-2f8bbb18, 9 steps')).toHaveLength(1);
  });
});
