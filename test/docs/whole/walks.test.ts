import { afterAll, beforeAll, describe, it } from 'vitest';
import { isWalk, pages } from '../rig/page.ts';
import { play, playsOf } from '../rig/play-page.ts';
import { Projects } from '../rig/projects.ts';

let projects: Projects;
beforeAll(() => {
  projects = new Projects();
});
afterAll(() => projects[Symbol.dispose](), 60_000);

describe('pages that lead through many commands', () => {
  it.each(playsOf(pages().filter(isWalk)))('S2: %s works as it is written, from top to bottom', (_, blocks) =>
    play(projects, blocks),
  );
});
