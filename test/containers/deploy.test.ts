import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Repository } from '../rig/repository.ts';
import { docker } from './rig/containers.ts';
import {
  deployable,
  deploys,
  goldenRow,
  newVersion,
  removeAll,
  serverNames,
  succeeds,
  underLoad,
} from './rig/deployed.ts';

let repository: Repository;
let url: string;
let row: string;

beforeAll(async () => {
  await removeAll();
  repository = await deployable();
  await newVersion(repository);
});
afterAll(async () => {
  await removeAll();
  repository[Symbol.dispose]();
});

async function predict(): Promise<{ readonly status: number; readonly version?: string }> {
  const headers = { 'content-type': 'application/json', connection: 'close' };
  const answer = await fetch(url, { method: 'POST', headers, body: row });
  return { status: answer.status, ...((await answer.json()) as object) };
}

describe('trainyard deploy --target docker', () => {
  it('S1 starts servers of the version that stands in the stage, and answers at one address', async () => {
    const deployed = await deploys(repository);
    url = `${deployed.rollout.url}/predict/heart-disease`;
    row = goldenRow(repository);
    expect(deployed).toMatchObject({ version: 'v1.0.0', rollout: { changed: true } });
    expect(await serverNames()).toEqual(deployed.rollout.servers);
    expect(deployed.rollout.servers).toHaveLength(2);
    expect(await predict()).toMatchObject({ status: 200, version: 'v1.0.0' });
  });

  it('starts containers without root, rights, or a disk that they can write', async () => {
    for (const name of [...(await serverNames()), 'trainyard-heart-disease-staging-balancer']) {
      const [facts] = JSON.parse(await docker('inspect', name)) as [
        { Config: { User: string }; HostConfig: Record<string, unknown> },
      ];
      expect(facts.Config.User).toBe('65532:65532');
      expect(facts.HostConfig).toMatchObject({
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges:true'],
        Privileged: false,
        RestartPolicy: { Name: 'unless-stopped' },
      });
      expect(facts.HostConfig['Memory']).toBeGreaterThan(0);
      expect(facts.HostConfig['PidsLimit']).toBeGreaterThan(0);
    }
  });

  it('the same deployment again changes nothing', async () => {
    const before = await docker('ps', '--no-trunc', '--quiet');
    const { rollout } = await deploys(repository);
    expect(rollout.changed).toBe(false);
    expect(await docker('ps', '--no-trunc', '--quiet')).toBe(before);
  });

  it('S11 no request fails at 500 a second while the process of a server is killed, and it comes back', async () => {
    const [first] = await serverNames();
    const pid = Number(await docker('inspect', '--format', '{{.State.Pid}}', first!));
    const outcome = await underLoad(
      url,
      async () => {
        process.kill(pid, 'SIGKILL');
        await wait(4000);
      },
      row,
    );
    expect(outcome.failures, JSON.stringify(outcome)).toEqual({});
    expect(outcome.answered).toBe(outcome.sent);
    expect(outcome.sent).toBeGreaterThan(3500);
    expect(await docker('inspect', '--format', '{{.State.Running}} {{.RestartCount}}', first!)).toBe(
      'true 1',
    );
  });

  it('S7 no request fails at 500 a second while a new version takes over, at the same address', async () => {
    const before = await serverNames();
    expect(await newVersion(repository, '--param', 'seed=8')).toBe('v1.0.1');
    // As a job does it on another machine: the two cores here have the servers and those who ask them to carry.
    await succeeds(repository, 'build', 'heart-disease#staging');
    let now: Awaited<ReturnType<typeof deploys>> | undefined;
    const outcome = await underLoad(
      url,
      async () => {
        now = await deploys(repository);
      },
      row,
    );
    expect(now).toMatchObject({ version: 'v1.0.1', rollout: { changed: true } });
    expect(url).toBe(`${now!.rollout.url}/predict/heart-disease`);
    expect(outcome.failures, JSON.stringify(outcome)).toEqual({});
    expect(outcome.answered).toBe(outcome.sent);
    expect(Object.keys(outcome.versions)).toEqual(['v1.0.0', 'v1.0.1']);
    expect(await serverNames()).toEqual(now!.rollout.servers);
    expect(before.filter((name) => now!.rollout.servers.includes(name))).toEqual([]);
    expect(await predict()).toMatchObject({ version: 'v1.0.1' });
  });

  it('S7 a rollback is the deployment of what the stage says after it', async () => {
    await succeeds(repository, 'rollback', 'heart-disease', '--stage', 'staging', '--why', 'a test');
    expect(await deploys(repository)).toMatchObject({ version: 'v1.0.0' });
    expect(await predict()).toMatchObject({ version: 'v1.0.0' });
  });

  it('changes the number of servers without a failed request', async () => {
    const outcome = await underLoad(
      url,
      async () => {
        expect((await deploys(repository, '--replicas', '3')).rollout.servers).toHaveLength(3);
        expect((await deploys(repository, '--replicas', '2')).rollout.servers).toHaveLength(2);
      },
      row,
    );
    expect(outcome.failures, JSON.stringify(outcome)).toEqual({});
    expect(await serverNames()).toHaveLength(2);
  });

  it('--remove takes it down, and leaves no container, network or volume', async () => {
    const remove = ['deploy', 'heart-disease', '--to', 'staging', '--remove'];
    expect((await succeeds(repository, ...remove)).stdout).toContain('is removed from staging');
    const filter = ['--filter', 'label=trainyard.place=staging/heart-disease', '--quiet'];
    expect(await docker('ps', '--all', ...filter)).toBe('');
    expect(await docker('network', 'ls', ...filter)).toBe('');
    expect(await repository.trainyard(...remove)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('deploy-not-deployed'),
    });
  });
});
