import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Repository } from '../rig/repository.ts';
import { containerRig, docker } from './rig/containers.ts';
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
  url = `${(await deploys(repository)).rollout.url}/predict/heart-disease`;
  row = goldenRow(repository);
  await newVersion(repository, '--param', 'seed=8');
});
afterAll(async () => {
  await removeAll();
  repository[Symbol.dispose]();
});

interface Golden {
  readonly digest: string;
  readonly golden: readonly { readonly answer: object }[];
}

function servable(version: string): Golden {
  const folder = join(repository.folder, '.trainyard/servables/heart-disease');
  const packed = readdirSync(folder).find((name) => name.startsWith(`${version}.`))!;
  return JSON.parse(readFileSync(join(folder, packed, 'model.json'), 'utf8')) as Golden;
}

/** An image that says that it holds v1.0.1, and runs a program of ours in its place; by its digest in the registry. */
async function pretender(name: string, program: string): Promise<string> {
  const { base, registry } = containerRig();
  const shown = await repository.trainyard('models', 'show', 'heart-disease@v1.0.1', '--json');
  const digest = /sha256:[0-9a-f]{64}/.exec(/"digest": "([^"]*)"/.exec(shown.stdout)![0])![0];
  const provenance = { verdict: 'pass', because: 'a test says so' };
  const models = [{ model: 'heart-disease', modelVersion: 'v1.0.1', digest, manifest: digest, provenance }];
  const made = await docker('create', base, '-e', program);
  const tag = `${registry}/team/pretender:${name}`;
  const changes = [
    'USER 65532:65532',
    'EXPOSE 8080',
    `LABEL trainyard.models='${JSON.stringify(models)}'`,
    `CMD ${JSON.stringify(['-e', program])}`,
  ];
  await docker('commit', ...changes.flatMap((change) => ['--change', change]), made, tag);
  await docker('rm', made);
  await docker('push', '--quiet', tag);
  return await docker('inspect', '--format', '{{index .RepoDigests 0}}', tag);
}

/** Answers everything with 200 and the same text. */
function server(answer: object): string {
  return `require("http").createServer((request, response) => { request.resume(); response.end(${JSON.stringify(JSON.stringify(answer))}); }).listen(8080); process.on("SIGTERM", () => process.exit(0));`;
}

describe('a new version that fails', () => {
  it.each([
    ['that ends at once', 'process.exit(3)', 'deploy-start-failed', 'ended with 3'],
    ['that never listens', 'setInterval(() => 0, 1000)', 'deploy-start-failed', 'does not listen'],
    [
      'that is never ready',
      'require("http").createServer((_, response) => { response.statusCode = 503; response.end("no model"); }).listen(8080)',
      'deploy-start-failed',
      'answered 503 no model',
    ],
    ['that answers nothing of use', server({ hello: 'there' }), 'deploy-golden-differs', 'it answered'],
    ['with wrong answers', '', 'deploy-golden-differs', 'golden request'],
  ])('S7 %s is taken back, and no request to the old one fails', async (name, program, code, message) => {
    const before = await docker('ps', '--no-trunc', '--quiet');
    const answers = servable('v1.0.0').golden.map(({ answer }) => answer);
    const wrong = answers.map((answer) => ({ ...answer, probabilities: { '0': 0.5, '1': 0.5 }, value: 0.5 }));
    const image = await pretender(
      name.replaceAll(/\W+/g, '-'),
      program === '' ? server({ predictions: wrong }) : program,
    );
    const outcome = await underLoad(
      url,
      async () => {
        const failed = await repository.trainyard(
          'deploy',
          'heart-disease',
          '--to',
          'staging',
          '--image',
          image,
        );
        expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining(code) });
        expect(failed.stderr.replaceAll(/\s+/g, ' ')).toContain(message);
      },
      row,
      200,
    );
    expect(outcome.failures, JSON.stringify(outcome)).toEqual({});
    expect(Object.keys(outcome.versions)).toEqual(['v1.0.0']);
    expect(await docker('ps', '--no-trunc', '--quiet')).toBe(before);
  });
});

describe('a deployment that cannot take over', () => {
  it('S7 with servers that die when they are sent requests goes back to the old ones', async () => {
    const before = await docker('ps', '--no-trunc', '--quiet');
    await succeeds(repository, 'build', 'heart-disease@v1.0.1', '--context-only');
    const predictions = servable('v1.0.1').golden.map(({ answer }) => answer);
    // Right in all its answers; a second after the balancer has sent it the golden requests, it ends.
    const program = `let asked = 0; require("http").createServer((request, response) => { request.resume(); if (request.url.startsWith("/predict") && ++asked === 2) setTimeout(() => process.exit(7), 1000); response.end(${JSON.stringify(JSON.stringify({ predictions }))}); }).listen(8080); process.on("SIGTERM", () => process.exit(0));`;
    const image = await pretender('dies-late', program);
    const args = ['--to', 'staging', '--replicas', '1', '--image', image];
    const failed = await repository.trainyard('deploy', 'heart-disease', ...args);
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('deploy-start-failed') });
    expect(failed.stderr.replaceAll(/\s+/g, ' ')).toContain('did not live on when it was sent requests');
    expect(await docker('ps', '--no-trunc', '--quiet')).toBe(before);
    const headers = { 'content-type': 'application/json', connection: 'close' };
    const answer = await fetch(url, { method: 'POST', headers, body: row });
    expect(await answer.json()).toMatchObject({ version: 'v1.0.0' });
  });

  it('says who is in the way when the port is taken, and lets the old balancer answer on', async () => {
    const before = await docker('ps', '--all', '--no-trunc', '--quiet');
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    try {
      const outcome = await underLoad(
        url,
        async () => {
          const args = ['--to', 'staging', '--port', String(port)];
          const failed = await repository.trainyard('deploy', 'heart-disease', ...args);
          expect(failed).toMatchObject({ code: 3, stderr: expect.stringContaining('deploy-port-taken') });
        },
        row,
        50,
      );
      expect(outcome.failures, JSON.stringify(outcome)).toEqual({});
    } finally {
      taken.close();
    }
    expect(await docker('ps', '--all', '--no-trunc', '--quiet')).toBe(before);
  });
});

describe('a deployment that is killed', () => {
  it('S11 at any moment lets the model answer on, and the next one goes on from there', async () => {
    const main = fileURLToPath(new URL('../../dist/bin/trainyard.js', import.meta.url));
    const outcome = await underLoad(
      url,
      async () => {
        for (const step of ['started', 'is ready', 'golden requests', 'sends requests', 'last request']) {
          const killed = new Promise<void>((resolve) => {
            const child = execFile(process.execPath, [main, 'deploy', 'heart-disease', '--to', 'staging'], {
              cwd: repository.folder,
              env: { ...process.env, NO_COLOR: '1' },
            });
            child.stderr!.setEncoding('utf8').on('data', (text: string) => {
              if (text.includes(step)) child.kill('SIGKILL');
            });
            child.on('close', () => resolve());
          });
          await killed;
        }
        await wait(500);
        expect(await deploys(repository)).toMatchObject({ version: 'v1.0.1' });
      },
      row,
      200,
    );
    expect(outcome.failures, JSON.stringify(outcome)).toEqual({});
    const { rollout } = await deploys(repository);
    expect(rollout.changed).toBe(false);
    expect(await serverNames()).toEqual(rollout.servers);
  });
});
