import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Answer } from '../rig/repository.ts';
import { Repository } from '../rig/repository.ts';
import { StartedServer } from '../rig/started-server.ts';

/**
 * Two machines and a store: one trains and loses everything that it had; the other pulls the records, re-uses every step,
 * registers, promotes by gates that are judged anew, serves, and makes the run again.
 */
export async function tellStory(store: string, env: Readonly<Record<string, string>>): Promise<void> {
  using first = Repository.withHeartDisease({ env });
  using second = new Repository({ env });
  using remote = new Repository();
  remote.git('init', '--quiet', '--bare', '.');
  first.edit('trainyard.yaml', 'store: file:.trainyard/store', `store: ${store}`);
  first.commit('Share the store');
  first.git('remote', 'add', 'origin', remote.folder);
  first.git('push', '--quiet', 'origin', 'main');
  ran(await first.trainyard('run', 'heart-disease', '--push'));
  rmSync(join(first.folder, '.trainyard'), { recursive: true });

  second.git('clone', '--quiet', '--branch', 'main', remote.folder, '.');
  second.git('config', 'user.name', 'Ada');
  second.git('config', 'user.email', 'ada@example.org');
  ran(await second.trainyard('runs', 'pull'));
  const again = ran(await second.trainyard('run', 'heart-disease', '--json'));
  const { steps } = JSON.parse(again.stdout) as { readonly steps: readonly { readonly status: string }[] };
  expect(new Set(steps.map(({ status }) => status))).toEqual(new Set(['cached']));
  // Of the cache, too, nothing is needed.
  rmSync(join(second.folder, '.trainyard'), { recursive: true });
  ran(await second.trainyard('register', 'heart-disease'));
  ran(await second.trainyard('promote', 'heart-disease', '--to', 'production'));
  {
    await using server = await StartedServer.start(second, 'heart-disease#production');
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
  }
  rmSync(join(second.folder, '.trainyard'), { recursive: true });
  const reproduced = ran(await second.trainyard('runs', 'reproduce', 'latest', '--json'));
  expect(JSON.parse(reproduced.stdout)).toMatchObject({ identical: true });
}

function ran(answer: Answer): Answer {
  expect(answer.code, `${answer.stdout}${answer.stderr}`).toBe(0);
  return answer;
}
