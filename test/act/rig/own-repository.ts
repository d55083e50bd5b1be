import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeOwnRepository } from '../../stories/rig/own-repository.ts';

/** The repository of Trainyard as others use it, in two forms. */
export interface OwnRepository {
  readonly commit: string;
  /** Its files as they are committed. */
  readonly committed: string;
  /** The same, written for act. */
  readonly forAct: string;
}

export function openOwnRepository(at: string): OwnRepository {
  const [committed, forAct] = [join(at, 'committed'), join(at, 'for-act')];
  const { commit } = makeOwnRepository(committed);
  const work = { committed: join(committed, 'trainyard'), forAct: join(forAct, 'trainyard') };
  cpSync(work.committed, work.forAct, { recursive: true });
  const workflows = join(work.forAct, '.github/workflows');
  for (const name of readdirSync(workflows)) {
    const file = join(workflows, name);
    writeFileSync(file, writtenForAct(readFileSync(file, 'utf8'), commit));
  }
  return { commit, ...work };
}

/** What act does not know, said in words that it knows: each has a test that it still does not know it. */
export function writtenForAct(workflow: string, commit: string): string {
  return workflow
    .replaceAll(/uses: \$\/(\S+)/g, `uses: trainyard/trainyard/$1@${commit}`)
    .replaceAll(/^ +queue: max\n/gm, '');
}
